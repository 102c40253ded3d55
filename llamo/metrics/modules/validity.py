"""`evaluate.load` finds ValidityScorer here."""

from llamo.metrics.metric import ScorerMetric
from llamo.metrics.validity import ValidityScorer


class Validity(ScorerMetric):
    """Share and number of answers that are molecules; no options."""

    def make_scorer(self) -> ValidityScorer:
        return ValidityScorer()
