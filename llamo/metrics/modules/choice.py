"""`evaluate.load` finds ChoiceScorer here."""

from collections.abc import Sequence

from llamo.metrics.choice import ChoiceScorer
from llamo.metrics.metric import ScorerMetric


class Choice(ScorerMetric):
    """Accuracy of multiple choice; options: choices, chance."""

    def make_scorer(self, *, choices: Sequence[str] | None = None, chance: float | None = None) -> ChoiceScorer:
        return ChoiceScorer(choices=choices, chance=chance)
