"""`evaluate.load` finds ClassificationScorer here."""

from llamo.metrics.classification import ClassificationScorer
from llamo.metrics.metric import ScorerMetric


class Classification(ScorerMetric):
    """Accuracy, balanced accuracy, F1 and AUROC of yes and no; no options."""

    def make_scorer(self) -> ClassificationScorer:
        return ClassificationScorer()
