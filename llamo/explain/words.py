"""Token ids of an answer as words. Knows a tokenizer; no model and no molecule."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

# Stands for what ends an answer.
END = "(end)"
_UNFINISHED = "\N{REPLACEMENT CHARACTER}"


def split_words(tokenizer: Any, ids: Sequence[int]) -> tuple[list[str], np.ndarray]:
    """The words of a text, between white space, and which word each token belongs to.

    White space alone is the next word's, words that share a token are one, and tokens behind the last word, such as the
    end of the text, are a word `END` of their own.

    Args:
        tokenizer: of the ids.
        ids: of the answer.

    Returns:
        W words, and (tokens,) int64 word numbers.
    """
    options = {"skip_special_tokens": True, "clean_up_tokenization_spaces": False}
    # A character of several tokens is cut until its last one: its replacement mark is no text yet.
    starts = [len(tokenizer.decode(list(ids[:count]), **options).rstrip(_UNFINISHED)) for count in range(len(ids))]
    found = list(re.finditer(r"\S+", tokenizer.decode(list(ids), **options)))
    ends = np.array([word.end() for word in found], dtype=np.int64)
    firsts, owners = np.unique(np.searchsorted(ends, starts, side="right"), return_inverse=True)
    texts, last = [*(word[0] for word in found), END], max(len(found), firsts[-1] + 1)
    return [" ".join(texts[start:stop]) for start, stop in pairwise([*firsts, last])], owners
