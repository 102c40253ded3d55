"""`evaluate.load` finds IupacStructureScorer here."""

from llamo.metrics.iupac_structure import IupacStructureScorer
from llamo.metrics.metric import ScorerMetric


class IupacStructure(ScorerMetric):
    """Share of IUPAC names that OPSIN reads as the right molecule; no options."""

    def make_scorer(self) -> IupacStructureScorer:
        return IupacStructureScorer()
