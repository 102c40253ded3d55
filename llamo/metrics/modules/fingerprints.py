"""`evaluate.load` finds FingerprintScorer here."""

from llamo.metrics.fingerprints import FingerprintScorer
from llamo.metrics.metric import ScorerMetric


class Fingerprints(ScorerMetric):
    """Tanimoto similarity of MACCS, RDK and Morgan fingerprints; options: radius."""

    def make_scorer(self, *, radius: int = 2) -> FingerprintScorer:
        return FingerprintScorer(radius=radius)
