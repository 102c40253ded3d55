"""`evaluate.load` finds ExactMatchScorer here."""

from llamo.metrics.exact_match import ExactMatchScorer
from llamo.metrics.metric import ScorerMetric


class ExactMatch(ScorerMetric):
    """Share of SMILES answers that are the right molecule, counted in several ways; no options."""

    def make_scorer(self) -> ExactMatchScorer:
        return ExactMatchScorer()
