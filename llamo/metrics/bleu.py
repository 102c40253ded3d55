"""Corpus BLEU-2 and BLEU-4 with one reference and no smoothing, as NLTK's `corpus_bleu` gives them.

    BLEU-N = min(1, exp(1 - r / c)) (p_1 ... p_N)^(1 / N)

c and r: tokens of all answers and of all references; p_n: share of the answers' n-grams that are in their reference.
Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002.
"""

import math
import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np

from llamo.metrics.scorer import Columns, Pairs, Scorer
from llamo.metrics.tokenizers import find_tokenizer

# Longest n-grams that are counted.
LONGEST = 4


class BleuScorer(Scorer):
    """Scores `bleu_2` and `bleu_4`, from 0 to 1; the columns of the same names hold each row's own BLEU.

    Where no n-gram of some length is found, NLTK takes the smallest float for its share; so do we.
    """

    def __init__(self, *, tokenizer: str = "scibert"):
        self.tokenizer = find_tokenizer(tokenizer)

    @property
    def settings(self) -> dict[str, str]:
        return {"tokenizer": self.tokenizer.title}

    def measure(self, pairs: Pairs) -> Columns:
        tokens = self.tokenizer.tokenize(pairs)
        counts = np.array([_count(*row) for row in zip(tokens.predictions, tokens.references, strict=True)])
        rows = {f"bleu_{longest}": np.array([_bleu(row, longest) for row in counts]) for longest in (2, 4)}
        return {"bleu_counts": counts, **rows, **tokens.columns}

    def summarise(self, columns: Columns) -> dict[str, float]:
        counts = columns["bleu_counts"].sum(axis=0)
        return {f"bleu_{longest}": _bleu(counts, longest) for longest in (2, 4)}


def _count(prediction: Sequence[str], reference: Sequence[str]) -> list[int]:
    """Of each length: n-grams found, n-grams said; then tokens of prediction and reference."""
    found, said = [], []
    for length in range(1, LONGEST + 1):
        ngrams = _ngrams(prediction, length)
        found.append((ngrams & _ngrams(reference, length)).total())
        said.append(max(1, ngrams.total()))  # NLTK counts one where an answer is too short to have any
    return [*found, *said, len(prediction), len(reference)]


def _ngrams(tokens: Sequence[str], length: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(tokens[start:] for start in range(length)), strict=False))


def _bleu(counts: np.ndarray, longest: int) -> float:
    values = counts.tolist()
    found, said, (said_tokens, true_tokens) = values[:LONGEST], values[LONGEST:-2], values[-2:]
    if not found[0]:
        return 0.0
    brevity = 1.0 if said_tokens > true_tokens else math.exp(1 - true_tokens / said_tokens)
    shares = [one / of if one else sys.float_info.min for one, of in zip(found, said, strict=True)]
    return brevity * math.exp(math.fsum(math.log(share) / longest for share in shares[:longest]))
