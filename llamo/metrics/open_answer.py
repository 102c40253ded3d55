"""Short answers to open questions: same words and shared words after normalising, as in SQuAD (arXiv 1606.05250).

Knows no chemistry.
"""

import re
import string
from collections import Counter

import numpy as np

from llamo.metrics.averages import mean
from llamo.metrics.scorer import Columns, Pairs, Scorer

_PUNCTUATION = str.maketrans("", "", string.punctuation)


class OpenAnswerScorer(Scorer):
    """`exact_normalised`: same words; `token_f1`: mean F1 of the words that answer and reference share.

    Case, ASCII punctuation, blanks and the articles a, an, the are ignored. That makes one text of "2,3-" and "23-":
    for names of molecules take `NameMatchScorer`.
    """

    def measure(self, pairs: Pairs) -> Columns:
        """`exact_normalised`: 1 or 0; `token_f1`."""
        words = [(_words(given), _words(true)) for given, true in zip(pairs.predictions, pairs.references, strict=True)]
        return {
            "exact_normalised": np.array([given == true for given, true in words], dtype=float),
            "token_f1": np.array([_f1(given, true) for given, true in words], dtype=float),
        }

    def summarise(self, columns: Columns) -> dict[str, float]:
        """Means of both."""
        return {name: mean(column) for name, column in columns.items()}


def _words(text: str) -> list[str]:
    return re.sub(r"\b(a|an|the)\b", " ", text.lower().translate(_PUNCTUATION)).split()


def _f1(given: list[str], true: list[str]) -> float:
    if not given or not true:
        return float(given == true)
    shared = sum((Counter(given) & Counter(true)).values())
    return 2 * shared / (len(given) + len(true))
