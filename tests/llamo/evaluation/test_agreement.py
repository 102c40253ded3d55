"""How far sampled answers agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llamo.evaluation.agreement import agreement, agreement_with


def test_the_majority_and_its_share():
    assert agreement(["Yes", "No", "Yes", "Yes"]) == ("Yes", 0.75)


def test_of_equally_frequent_answers_the_first_counts():
    assert agreement(["No", "Yes", "Yes", "No"]) == ("No", 0.5)


def test_no_answer_counts_among_all_but_is_never_the_majority():
    assert agreement(["", "", "Yes", ""]) == ("Yes", 0.25)
    assert agreement(["", ""]) == ("", 0.0)


def test_smiles_of_one_structure_say_the_same():
    assert agreement(["CCO", "c1ccccc1", "OCC"], "smiles") == ("CCO", 2 / 3)


def test_texts_that_are_no_molecules_say_the_same_only_if_they_are_equal():
    assert agreement(["C1CC", "C1CC", "CCO", "c1cc"], "smiles") == ("C1CC", 0.5)


def test_numbers_of_one_value_say_the_same():
    assert agreement(["0.50", "5e-1", "0.51"], "number") == ("0.50", 2 / 3)


def test_no_samples_are_an_error():
    for call in (lambda: agreement([]), lambda: agreement_with("Yes", [])):
        with pytest.raises(ValueError, match="at least one sampled answer"):
            call()


@pytest.mark.parametrize(
    "answer, samples, kind, share",
    [
        ("Yes", ["Yes", "No", "Yes", ""], "yes_no", 0.5),
        ("CCO", ["OCC", "CC", "CC"], "smiles", 1 / 3),
        ("", ["", "Yes"], "yes_no", 0.0),
        ("A", ["B"], "choice", 0.0),
    ],
)
def test_the_share_of_samples_that_say_the_same_as_an_answer(answer, samples, kind, share):
    assert agreement_with(answer, samples, kind) == share


@given(st.lists(st.sampled_from(["a", "b", "c", ""]), min_size=1))
def test_nothing_agrees_more_than_the_majority(parsed):
    majority, share = agreement(parsed)
    assert share == max(agreement_with(text, parsed) for text in parsed)
    assert not majority or majority in parsed
