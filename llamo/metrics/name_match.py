"""Share of names that are the reference's, letter by letter. Knows no chemistry."""

import numpy as np

from llamo.metrics.averages import mean
from llamo.metrics.scorer import Columns, Pairs, Scorer


class NameMatchScorer(Scorer):
    """`exact_string`: same text; `exact_ignoring_case`: same text but for upper and lower case and for outer blanks.

    Both understate: a molecule has many right names. `IupacStructureScorer` compares what the names mean.
    """

    def measure(self, pairs: Pairs) -> Columns:
        """`exact_string` and `exact_ignoring_case`: 1 or 0 each."""
        texts = list(zip(pairs.predictions, pairs.references, strict=True))
        return {
            "exact_string": np.array([given == true for given, true in texts], dtype=float),
            "exact_ignoring_case": np.array([_plain(given) == _plain(true) for given, true in texts], dtype=float),
        }

    def summarise(self, columns: Columns) -> dict[str, float]:
        """Means of both."""
        return {name: mean(column) for name, column in columns.items()}


def _plain(name: str) -> str:
    return name.strip().casefold()
