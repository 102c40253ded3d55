"""`evaluate.load` finds OpenAnswerScorer here."""

from llamo.metrics.metric import ScorerMetric
from llamo.metrics.open_answer import OpenAnswerScorer


class OpenAnswer(ScorerMetric):
    """Exact match and word F1 of short answers, normalised as in SQuAD; no options."""

    def make_scorer(self) -> OpenAnswerScorer:
        return OpenAnswerScorer()
