"""One answer for everything."""

import pytest

from llamo.baselines.constant import ConstantAnswerer
from llamo.tasks.task import Example
from tests.llamo.evaluation.small_task import small_task


def examples(*targets: str, group: str | None = None) -> list[Example]:
    return [Example(row, ("CCO",), "?", target, group) for row, target in enumerate(targets)]


def said(kind, train, asked) -> list[str]:
    return [answer.prediction for answer in ConstantAnswerer(small_task(kind), train).answer(asked)]


def test_of_numbers_it_is_the_median():
    assert said("number", examples("1", "10", "2"), examples("5", "6")) == ["2", "2"]


def test_of_other_answers_it_is_the_most_frequent():
    assert said("yes_no", examples("No", "Yes", "Yes"), examples("No")) == ["Yes"]


def test_each_group_has_its_own():
    train = examples("1", group="homo") + examples("5", group="lumo")
    assert said("number", train, examples("0", group="lumo")) == ["5"]
    with pytest.raises(ValueError, match="no training example is of its group, gap"):
        said("number", train, examples("0", group="gap"))


def test_what_is_done_is_not_answered_again():
    answerer = ConstantAnswerer(small_task("number"), examples("1"))
    assert [answer.row for answer in answerer.answer(examples("0", "0"), done={0})] == [1]


def test_without_training_examples_there_is_none():
    with pytest.raises(ValueError, match="needs training examples, got none"):
        ConstantAnswerer(small_task("number"), [])
