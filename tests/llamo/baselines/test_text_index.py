"""BM25 against its formula, written out."""

from math import log

import pytest

from llamo.baselines.text_index import TextIndex, words


def test_words_are_runs_of_letters_and_digits():
    assert words("9,12-Octadecadienoic acid!") == ["9", "12", "octadecadienoic", "acid"]


def test_similarity_is_bm25():
    # Lengths 2, 4 and 3, so 3 on average; "acid" is in two of three texts, "fatty" in one, "sour" in none.
    index = TextIndex(["an acid", "a fatty fatty acid", "an alcohol here"])
    acid, fatty = log(1 + 1.5 / 2.5), log(1 + 2.5 / 1.5)
    short, long = 1.5 * (0.25 + 0.75 * 2 / 3), 1.5 * (0.25 + 0.75 * 4 / 3)
    expected = [acid * 2.5 / (1 + short), acid * 2.5 / (1 + long) + fatty * 2 * 2.5 / (2 + long), 0.0]
    assert index.similarities("Fatty, sour ACID").tolist() == pytest.approx(expected)


def test_a_word_that_is_asked_for_twice_counts_twice():
    index = TextIndex(["an acid", "an alcohol"])
    assert index.similarities("acid acid")[0] == pytest.approx(2 * index.similarities("acid")[0])


def test_texts_without_words_are_like_nothing():
    assert TextIndex(["", "?!"]).similarities("acid").tolist() == [0.0, 0.0]
