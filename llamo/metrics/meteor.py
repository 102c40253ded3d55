"""METEOR as NLTK's `meteor_score` gives it, averaged over rows.

    METEOR = (1 - gamma (chunks / m)^beta) P R / (alpha P + (1 - alpha) R)

m: matched tokens (the same token, the same Porter stem, or a synonym in WordNet); P = m / tokens of the answer;
R = m / tokens of the reference; chunks: runs of matches in the same order; alpha 0.9, beta 3, gamma 0.5,
as NLTK has them. Lavie and Agarwal, "Meteor: An Automatic Metric for MT Evaluation with High Levels of Correlation
with Human Judgments", WMT 2007.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from llamo.metrics.scorer import Columns, Pairs, Scorer
from llamo.metrics.tokenizers import find_tokenizer
from llamo.metrics.wordnet import find_wordnet


class MeteorScorer(Scorer):
    """Scores `meteor`, from 0 to 1; the column of the same name holds each row's."""

    def __init__(self, *, tokenizer: str = "scibert", wordnet: str | Path | None = None):
        self.tokenizer = find_tokenizer(tokenizer)
        self.wordnet = find_wordnet(wordnet)

    @property
    def settings(self) -> dict[str, str]:
        return {"tokenizer": self.tokenizer.title, "wordnet": self.wordnet.version}

    def measure(self, pairs: Pairs) -> Columns:
        from nltk.translate.meteor_score import single_meteor_score

        tokens = self.tokenizer.tokenize(pairs)
        known: dict[str, Any] = {"stemmer": _Stems(), "wordnet": self.wordnet}
        rows = zip(tokens.references, tokens.predictions, strict=True)
        return {"meteor": np.array([single_meteor_score(*row, **known) for row in rows]), **tokens.columns}

    def summarise(self, columns: Columns) -> dict[str, float]:
        return {"meteor": float(columns["meteor"].mean())}


class _Stems:
    """Porter's stems, each found once; with the interface of NLTK's stemmers."""

    def __init__(self):
        from nltk.stem.porter import PorterStemmer

        self.stem = cache(PorterStemmer().stem)
