"""Token ids of an answer as words. Knows a tokenizer; no model and no molecule."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

# Stands for what ends an answer.
END = "(end)"


def split_words(tokenizer: Any, ids: Sequence[int]) -> tuple[list[str], np.ndarray]:
    """The words of a text, between white space, and which word each token belongs to.

    A token that reaches into two words is the first one's, white space alone is the next one's, and tokens behind the
    last word, such as the end of the text, are a word `END` of their own.

    Args:
        tokenizer: of the ids.
        ids: of the answer.

    Returns:
        W words, and (tokens,) int64 word numbers.
    """
    options = {"skip_special_tokens": True, "clean_up_tokenization_spaces": False}
    # A character of several tokens is cut until its last one: its replacement mark is no text yet.
    texts = [tokenizer.decode(list(ids[:count]), **options).rstrip("\N{REPLACEMENT CHARACTER}") for count in range(len(ids))]
    whole = tokenizer.decode(list(ids), **options)
    words = list(re.finditer(r"\S+", whole))
    ends = np.array([word.end() for word in words], dtype=np.int64)
    owners = np.searchsorted(ends, [len(text) for text in texts], side="right")
    names = [word[0] for word in words]
    return ([*names, END] if len(names) in owners else names), owners
