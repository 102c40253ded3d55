"""BM25 relevance of a question's words to those of every indexed text; MolReGPT (arXiv:2306.06615) does the same.

A few lines of numpy instead of a dependency; as with molecules, the index keeps for each word the texts that have it.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

# How soon repetitions of a word stop to count, and how much long texts are held back: the usual values.
SATURATION, LENGTH_WEIGHT = 1.5, 0.75


def words(text: str) -> list[str]:
    """Runs of letters and digits, in lower case, so that `9,12-octadecadienoic` is three words."""
    return re.findall(r"\w+", text.lower())


class TextIndex:
    """Texts by their words.

    Args:
        texts: in order.
    """

    def __init__(self, texts: Sequence[str]):
        counts = [Counter(words(text)) for text in texts]
        lengths = np.array([sum(count.values()) for count in counts], dtype=float)
        self._size = len(texts)
        self._held_back = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths / max(lengths.mean(), 1.0))
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, count in enumerate(counts):
            for word, times in count.items():
                found[word].append((number, times))
        self._found = {word: np.array(pairs) for word, pairs in found.items()}

    def similarities(self, text: str) -> np.ndarray:
        """BM25 of each indexed text, summed over the words of `text`.

        A word in n of N texts weighs ln(1 + (N - n + 0.5) / (n + 0.5)).
        """
        total = np.zeros(self._size)
        for word, repeated in Counter(words(text)).items():
            if word in self._found:
                numbers, times = self._found[word].T
                weight = math.log(1 + (self._size - len(numbers) + 0.5) / (len(numbers) + 0.5))
                total[numbers] += repeated * weight * times * (SATURATION + 1) / (times + self._held_back[numbers])
        return total
