"""`evaluate.load` finds RougeScorer here."""

from llamo.metrics.metric import ScorerMetric
from llamo.metrics.rouge import RougeScorer


class Rouge(ScorerMetric):
    """F-measures of ROUGE-1, ROUGE-2 and ROUGE-L, averaged over rows; options: tokenizer."""

    def make_scorer(self, *, tokenizer: str = "words") -> RougeScorer:
        return RougeScorer(tokenizer=tokenizer)
