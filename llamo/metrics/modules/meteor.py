"""`evaluate.load` finds MeteorScorer here."""

from llamo.metrics.meteor import MeteorScorer
from llamo.metrics.metric import ScorerMetric


class Meteor(ScorerMetric):
    """METEOR, averaged over rows; options: tokenizer, wordnet."""

    def make_scorer(self, *, tokenizer: str = "scibert", wordnet: str | None = None) -> MeteorScorer:
        return MeteorScorer(tokenizer=tokenizer, wordnet=wordnet)
