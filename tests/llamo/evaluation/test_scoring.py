"""Scores of answers: parsed as the task says, summed up with intervals, with notes on what was not asked."""

import pytest

from llamo.evaluation.answer import Answer
from llamo.evaluation.scoring import make_scorers, score_answers
from llamo.metrics.scorer import Pairs, Scorer
from tests.llamo.evaluation.small_task import SameText, small_task

ANSWERS = [
    Answer("CCO", "  Yes ", "Yes", row=0, score=0.9),
    Answer("CCN", "No", "Yes", row=1, score=0.2),
    Answer("CCC", "", "No", row=2, source="not asked: too long"),
]


def score(answers=ANSWERS, **options):
    return score_answers(small_task("yes_no"), answers, [SameText()], system="it", **options)


def test_answers_are_read_as_the_task_says():
    result = score()
    assert result.parsed == ["Yes", "No", ""]
    assert result.scores["accuracy"].value == pytest.approx(1 / 3)


def test_intervals_hold_the_score_and_can_be_left_out():
    interval = score(ANSWERS * 20).scores["accuracy"]
    assert interval.low is not None and interval.high is not None
    assert interval.low < interval.value < interval.high
    assert score(resamples=0).scores["accuracy"].low is None


def test_the_same_seed_gives_the_same_intervals():
    assert score(seed=1).scores == score(seed=1).scores


def test_settings_and_directions_come_from_the_scorers():
    result = score()
    assert result.settings == {"comparison": "as written"}
    assert result.lower_is_better == {"length_error"}
    assert result.ranking == "correct"
    assert result.correct == [1.0, 0.0, 0.0]


def test_questions_that_were_not_asked_are_noted():
    assert score(notes=["test split"]).notes == [
        "test split",
        "questions too long for the model, counted as not answered: 1",
    ]


def test_the_scorers_get_scores_groups_and_molecules():
    seen = []

    class Seeing(SameText):
        def measure(self, pairs: Pairs):
            seen.append(pairs)
            return super().measure(pairs)

    grouped = [Answer("CCO", "Yes", "Yes", group="a"), Answer("CCN", "No", "Yes", score=0.5)]
    score_answers(small_task("yes_no"), grouped, [Seeing()], system="it", resamples=0)
    assert seen[0].groups == ["a", ""]
    assert str(seen[0].scores) == "[nan, 0.5]"
    assert seen[0].smiles == ["CCO", "CCN"]


def test_what_a_scorer_lacks_shows_before_anything_is_answered():
    class Lacking(SameText):
        def measure(self, pairs: Pairs):
            raise ValueError("WordNet is not here; install it")

    scorers: list[Scorer] = [Lacking()]
    with pytest.raises(ValueError, match="install it"):
        make_scorers(small_task(scorers=scorers), "words")
