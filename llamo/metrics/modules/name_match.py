"""`evaluate.load` finds NameMatchScorer here."""

from llamo.metrics.metric import ScorerMetric
from llamo.metrics.name_match import NameMatchScorer


class NameMatch(ScorerMetric):
    """Share of names that are the reference, letter by letter; no options."""

    def make_scorer(self) -> NameMatchScorer:
        return NameMatchScorer()
