"""Edit distance of texts as they are given: single characters put in, taken out or replaced (Levenshtein 1966)."""

from typing import ClassVar

import numpy as np

from llamo.metrics.averages import mean
from llamo.metrics.scorer import Columns, Pairs, Scorer


class LevenshteinScorer(Scorer):
    """`levenshtein`: mean distance over all rows; an empty answer is as far away as its reference is long.

    Texts are not changed. A data set that doubles the backslashes of its SMILES makes distances longer: compare only
    with those who left it so, or undid it too.
    """

    lower_is_better: ClassVar[frozenset[str]] = frozenset({"levenshtein"})

    def measure(self, pairs: Pairs) -> Columns:
        """`levenshtein`."""
        from rapidfuzz.distance import Levenshtein

        texts = zip(pairs.predictions, pairs.references, strict=True)
        return {"levenshtein": np.array([Levenshtein.distance(given, true) for given, true in texts], dtype=float)}

    def summarise(self, columns: Columns) -> dict[str, float]:
        """The mean."""
        return {"levenshtein": mean(columns["levenshtein"])}
