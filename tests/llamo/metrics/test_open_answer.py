"""Short answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llamo.metrics.open_answer import OpenAnswerScorer
from llamo.metrics.scorer import Pairs, score

WORDS = st.lists(st.sampled_from(["acid", "base", "a", "the", "ring,", "Ring"]), max_size=5).map(" ".join)


def measured(given_text: str, true: str) -> tuple[float, float]:
    columns = OpenAnswerScorer().measure(Pairs([given_text], [true]))
    return columns["exact_normalised"][0], columns["token_f1"][0]


@pytest.mark.parametrize(
    ("answer", "reference", "exact", "f1"),
    [
        ("The benzene ring.", "benzene ring", 1, 1),
        ("a weak acid", "acid", 0, 2 / 3),
        ("acid acid", "acid", 0, 2 / 3),
        ("no idea", "acid", 0, 0),
        ("", "acid", 0, 0),
        ("the", "A!", 1, 1),
    ],
)
def test_cases_counted_by_hand(answer, reference, exact, f1):
    assert measured(answer, reference) == (exact, pytest.approx(f1))


@given(WORDS, WORDS)
def test_f1_does_not_care_which_side_is_the_reference(one, other):
    assert measured(one, other) == measured(other, one)


@given(WORDS, WORDS)
def test_an_exact_answer_shares_all_words(one, other):
    exact, f1 = measured(one, other)
    assert not exact or f1 == 1


def test_scores_are_means_over_all_rows():
    found = score(OpenAnswerScorer(), Pairs(["acid", ""], ["acid", "acid"]), resamples=0)
    assert {name: one.value for name, one in found.items()} == {"exact_normalised": 0.5, "token_f1": 0.5}
