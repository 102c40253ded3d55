"""`evaluate.load` finds BleuScorer here."""

from llamo.metrics.bleu import BleuScorer
from llamo.metrics.metric import ScorerMetric


class Bleu(ScorerMetric):
    """Corpus BLEU-2 and BLEU-4 with one reference and no smoothing; options: tokenizer."""

    def make_scorer(self, *, tokenizer: str = "scibert") -> BleuScorer:
        return BleuScorer(tokenizer=tokenizer)
