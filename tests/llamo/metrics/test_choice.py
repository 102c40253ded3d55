"""Multiple choice."""

import pytest

from llamo.metrics.choice import ChoiceScorer
from llamo.metrics.scorer import Pairs, score


def scores(scorer: ChoiceScorer, predictions, references) -> dict[str, float]:
    found = score(scorer, Pairs(predictions, references), resamples=0)
    return {name: one.value for name, one in found.items()}


def test_unparsable_answers_are_wrong_and_counted():
    found = scores(ChoiceScorer(choices="ABCD"), ["A", "(b)", "d.", "E", ""], ["A", "B", "C", "D", "D"])
    assert found == {"accuracy": 2 / 5, "unparsable": 2}


def test_without_choices_only_an_empty_answer_is_unparsable():
    found = scores(ChoiceScorer(), ["benzene", "E", " "], ["Benzene", "D", "D"])
    assert found == {"accuracy": pytest.approx(1 / 3), "unparsable": 1}


@pytest.mark.parametrize(
    ("scorer", "settings"),
    [
        (ChoiceScorer(), {}),
        (ChoiceScorer(choices="ABCD"), {"chance": "0.25"}),
        (ChoiceScorer(choices="ABCD", chance=1 / 3), {"chance": "0.333"}),
    ],
)
def test_chance_is_printed_where_it_is_known(scorer, settings):
    assert scorer.settings == settings


@pytest.mark.parametrize("choices", [["A", "a"], ["A", ""], ["A", "(A)"]])
def test_choices_that_cannot_be_told_apart_are_refused(choices):
    with pytest.raises(ValueError, match=r"choices: got \[.*\]; give texts that differ"):
        ChoiceScorer(choices=choices)


def test_a_chance_above_one_is_refused():
    with pytest.raises(ValueError, match="chance: got 25; give a share between 0 and 1"):
        ChoiceScorer(chance=25)


@pytest.mark.parametrize(("scorer", "reference"), [(ChoiceScorer(choices="AB"), "C"), (ChoiceScorer(), "?")])
def test_a_reference_that_is_no_choice_is_named(scorer, reference):
    with pytest.raises(ValueError, match=r"references, row 1: got '.', expected .*; correct it or leave it out"):
        scorer.measure(Pairs(["A", "A"], ["A", reference]))
