"""`evaluate.load` finds LevenshteinScorer here."""

from llamo.metrics.levenshtein import LevenshteinScorer
from llamo.metrics.metric import ScorerMetric


class Levenshtein(ScorerMetric):
    """Mean edit distance of texts; no options."""

    def make_scorer(self) -> LevenshteinScorer:
        return LevenshteinScorer()
