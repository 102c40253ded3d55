"""Edit distance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llamo.metrics.levenshtein import LevenshteinScorer
from llamo.metrics.scorer import Pairs, score


def distance(one: str, other: str) -> float:
    return score(LevenshteinScorer(), Pairs([one], [other]), resamples=0)["levenshtein"].value


def by_the_definition(one: str, other: str) -> int:
    """The recurrence, row by row."""
    above = list(range(len(other) + 1))
    for row, left in enumerate(one, start=1):
        current = [row]
        for column, right in enumerate(other, start=1):
            current.append(min(above[column] + 1, current[-1] + 1, above[column - 1] + (left != right)))
        above = current
    return above[-1]


@pytest.mark.parametrize(("one", "other", "edits"), [("kitten", "sitting", 3), ("", "CCO", 3), ("C\\C", "C\\\\C", 1)])
def test_known_distances(one, other, edits):
    assert distance(one, other) == edits


def test_the_score_is_the_mean_over_all_rows():
    pairs = Pairs(["CCO", "", "CC"], ["CCO", "CCO", "CO"])
    assert score(LevenshteinScorer(), pairs, resamples=0)["levenshtein"].value == pytest.approx(4 / 3)


@given(st.text(alphabet="CNO()=", max_size=8), st.text(alphabet="CNO()=", max_size=8))
def test_it_is_the_recurrence(one, other):
    assert distance(one, other) == by_the_definition(one, other)
