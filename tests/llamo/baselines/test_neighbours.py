"""Which training examples are nearest."""

import pytest

from llamo.baselines.neighbours import Neighbours
from tests.llamo.baselines.tasks import example


def rows(neighbours) -> list[int]:
    return [neighbour.example.row for neighbour in neighbours]


def test_the_most_similar_molecule_comes_first():
    train = [example(0, "c1ccccc1"), example(1, "CCCO"), example(2, "CCO")]
    assert rows(Neighbours(train).nearest(example(9, "OCC"), 3)) == [2, 1, 0]


@pytest.mark.parametrize("count", [1, 2])
def test_of_equally_similar_molecules_the_lower_row_comes_first(count):
    train = [example(5, "CCO"), example(3, "OCC"), example(4, "CCO")]
    assert rows(Neighbours(train).nearest(example(9, "CCO"), count)) == [3, 4][:count]


@pytest.mark.parametrize("count", [1, 2])
def test_of_equally_similar_molecules_the_same_question_comes_first(count):
    train = [example(0, "CCO", prompt="Is it a liquid?"), example(1, "CCO", prompt="Is it toxic?")]
    train.append(example(2, "CCCO", prompt="Is it toxic?"))
    assert rows(Neighbours(train).nearest(example(9, "CCO", prompt="Is it toxic?"), count)) == [1, 0][:count]


def test_questions_without_molecules_are_compared_by_their_words():
    train = [example(0, prompt="A bitter alkaloid."), example(1, prompt="An aromatic alcohol.")]
    neighbours = Neighbours(train)
    assert rows(neighbours.nearest(example(9, prompt="Some alcohol"), 1)) == [1]
    assert neighbours.by == "BM25"


def test_only_the_same_group_is_searched():
    train = [example(0, "CCO", group="NR-AR"), example(1, "c1ccccc1", group="SR-p53")]
    assert rows(Neighbours(train).nearest(example(9, "CCO", group="SR-p53"), 1)) == [1]


def test_too_few_training_examples_are_an_error_that_names_row_and_group():
    train = [example(0, "CCO", group="NR-AR")]
    with pytest.raises(ValueError, match=r"row 9: 2 training examples wanted, there are 1 .*group 'NR-AR'"):
        Neighbours(train).nearest(example(9, "CCO", group="NR-AR"), 2)
    with pytest.raises(ValueError, match=r"row 9: 1 training examples wanted, there are 0 .*group 'homo'"):
        Neighbours(train).nearest(example(9, "CCO", group="homo"), 1)


def test_no_training_examples_are_an_error():
    with pytest.raises(ValueError, match="no training examples"):
        Neighbours([])


def test_settings_tell_training_examples_apart():
    train = [example(0, "CCO", "An alcohol.")]
    assert Neighbours(train).settings() == Neighbours([example(0, "CCO", "An alcohol.")]).settings()
    assert Neighbours(train).settings() != Neighbours([example(0, "CCO", "Ethanol.")]).settings()
