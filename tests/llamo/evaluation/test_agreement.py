"""How far sampled answers agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llamo.evaluation.agreement import agreement, agreement_with


def test_the_majority_and_its_share():
    assert agreement(["No", "Yes", "Yes", "Yes"], "yes_no") == ("Yes", 0.75)


def test_of_equally_frequent_answers_the_first_counts():
    assert agreement(["No", "Yes", "Yes", "No"], "yes_no") == ("No", 0.5)


def test_no_answer_counts_among_all_but_is_never_the_majority():
    assert agreement(["", "", "Yes", ""], "yes_no") == ("Yes", 0.25)
    assert agreement(["", ""], "yes_no") == ("", 0.0)


def test_smiles_of_one_structure_say_the_same():
    assert agreement(["CCO", "c1ccccc1", "OCC"], "smiles") == ("CCO", 2 / 3)


def test_texts_that_are_no_molecules_say_the_same_only_if_they_are_equal():
    assert agreement(["C1CC", "C1CC", "CCO", "c1cc"], "smiles") == ("C1CC", 0.5)


def test_numbers_of_one_value_say_the_same():
    assert agreement(["0.50", "5e-1", "0.51"], "number") == ("0.50", 2 / 3)


def test_free_texts_agree_as_far_as_they_share_words():
    # Word F1 of the first two: 2 x 2 shared words over 3 + 2; of either and the third: 0.
    texts = ["An aromatic acid.", "an acid", "It depends!"]
    assert agreement(texts, "text") == ("An aromatic acid.", pytest.approx((1 + 0.8) / 3))


def test_no_samples_are_an_error():
    for call in (lambda: agreement([], "yes_no"), lambda: agreement_with("Yes", [], "yes_no")):
        with pytest.raises(ValueError, match="at least one sampled answer"):
            call()


@pytest.mark.parametrize(
    "answer, samples, kind, share",
    [
        ("Yes", ["Yes", "No", "Yes", ""], "yes_no", 0.5),
        ("CCO", ["OCC", "CC", "CC"], "smiles", 1 / 3),
        ("", ["", "Yes"], "yes_no", 0.0),
        ("A", ["B"], "choice", 0.0),
        ("an acid", ["an acid", "an acid acid", "?"], "text", (1 + 0.8) / 3),
        ("?", ["?", "!"], "text", 0.5),
    ],
)
def test_the_share_of_samples_that_say_the_same_as_an_answer(answer, samples, kind, share):
    assert agreement_with(answer, samples, kind) == pytest.approx(share)


@given(st.lists(st.sampled_from(["A", "B", "C", ""]), min_size=1), st.sampled_from(["choice", "text"]))
def test_nothing_agrees_more_than_the_answer_that_is_taken(parsed, kind):
    majority, share = agreement(parsed, kind)
    assert share == max(agreement_with(text, parsed, kind) for text in parsed)
    assert not majority or majority in parsed
