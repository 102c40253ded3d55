"""Findings about tuning: numbers to words and verdicts."""

import pytest

from llamo.analysis.tuning.experiment import IN_CONTEXT, WAYS, Settings
from llamo.analysis.tuning.report import MORE, PLAIN, TALK, in_context, tuning
from llamo.analysis.tuning.training import STAGE_1

SETTINGS = Settings(8, 4, (2, 1), "abc")
COMPACT = {f"{what}, {way}": 0.9 for way in IN_CONTEXT for what in ("right", "said")}


def model(right: float, loss: float, seeds: int = 3) -> list[dict[str, float]]:
    return [
        {"caption loss": loss + seed / 100}
        | {
            f"{what}, {way}": value
            for way in WAYS
            for what, value in {"right": right + seed / 100, "said": 0.5, "questions": 8, "most frequent": 0.6}.items()
        }
        for seed in range(seeds)
    ]


def found(*, talk: float, loss: float, seeds: int = 3) -> dict[str, list[dict[str, float]]]:
    """Plain questions get 70 % and a loss of 2."""
    numbers = {STAGE_1: (0.5, 2.5), MORE: (0.5, 2.1), PLAIN: (0.7, 2.0), TALK: (talk, loss)}
    return {name: model(*values, seeds) for name, values in numbers.items()}


@pytest.mark.parametrize(
    ("talk", "loss", "verdict"),
    [
        (0.8, 2.0, "supports"),
        (0.7, 1.9, "supports"),
        (0.6, 2.0, "contradicts"),
        (0.7, 2.2, "contradicts"),
        (0.8, 2.2, "undecided"),
    ],
)
def test_the_verdict_is_about_conversations_against_plain_questions(talk, loss, verdict):
    numbers = found(talk=talk, loss=loss)
    for seed, one in enumerate(numbers[TALK]):  # differences that vary a little
        one["caption loss"] += 1e-4 * seed
    assert tuning(numbers, SETTINGS, command="x").verdict == verdict


def test_words_and_figures_are_made_of_the_numbers():
    one = tuning(found(talk=0.8, loss=1.9), SETTINGS, command="x")
    assert "plain questions +20 points [20, 20], conversations +30 points" in one.text
    assert "3 seeds" in one.text
    assert one.figures[0].svg.startswith("<?xml")


def test_tuning_is_compared_with_four_examples_without_it():
    one = in_context(found(talk=0.8, loss=2.0), COMPACT, SETTINGS, questions=4, command="x")
    assert one.verdict == "supports"
    assert "+20 points [20, 20] against 4 examples without tuning" in one.text
    assert "90%, 90%, 90% with 0, 2 and 4 examples (4 questions)" in one.text


def test_one_seed_decides_nothing():
    numbers = found(talk=0.8, loss=1.9, seeds=1)
    one, other = (
        tuning(numbers, SETTINGS, command="x"),
        in_context(numbers, COMPACT, SETTINGS, questions=4, command="x"),
    )
    assert one.verdict == other.verdict == "undecided"
    assert "With one seed there are no intervals" in one.text


def test_models_below_the_more_frequent_answer_are_said_to_read_nothing():
    numbers = found(talk=0.55, loss=2.0)
    numbers["plain questions"] = numbers["more captions"]
    assert "none is shown to read its molecules" in tuning(numbers, SETTINGS, command="x").text
