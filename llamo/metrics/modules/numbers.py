"""`evaluate.load` finds NumberScorer here."""

from llamo.metrics.metric import ScorerMetric
from llamo.metrics.numbers import NumberScorer


class Numbers(ScorerMetric):
    """Errors and agreement of numbers, over all rows and by group; no options."""

    def make_scorer(self) -> NumberScorer:
        return NumberScorer()
