"""Prompts in other views: what is shown, what is learned, and that batches are planned alike."""

import numpy as np
import pytest

from llamo.analysis.laboratory.shown import SHOWN, shown, take
from llamo.compact.views import seen
from tests.llamo.analysis.laboratory import small

GRAPH = small.processor().graph_token_id


@pytest.fixture
def rows():
    return small.rows(("facts", "talk"))


@pytest.mark.parametrize("view", ["both", "graph", "smiles"])
def test_with_the_processors_number_of_tokens_a_view_is_that_of_training(rows, view):
    found = shown(rows, view, graph_token_id=GRAPH, num_graph_tokens=28)
    for row in range(len(rows)):
        expected = seen(rows, row, view, graph_token_id=GRAPH)
        assert found[row].keys() == expected.keys()
        for name, value in expected.items():
            np.testing.assert_array_equal(found[row][name], value, err_msg=name)


@pytest.mark.parametrize("number", [1, 3, None])
def test_a_molecule_has_as_many_placeholders_as_asked_for(rows, number):
    found = shown(rows, "graph", graph_token_id=GRAPH, num_graph_tokens=number)
    for row in range(len(found)):
        count = int((found[row]["input_ids"] == GRAPH).sum())
        assert count == (len(found[row]["graph_node_ids"]) if number is None else number)


def test_neither_shows_text_alone(rows):
    example = shown(rows, "neither", graph_token_id=GRAPH, num_graph_tokens=28)[0]
    assert small.processor().decode(example["input_ids"]).split() == [
        "<s>User:", "Describe", "it.", "Assistant:", "The", "molecule", "is", "OCC.</s>",
    ]  # fmt: skip
    assert "graph_node_ids" not in example


@pytest.mark.parametrize("view", SHOWN)
def test_answers_are_learned_in_every_view(rows, view):
    example = shown(rows, view, graph_token_id=GRAPH, num_graph_tokens=5)[1]
    learned = example["labels"][example["labels"] >= 0]
    assert small.processor().decode(learned) == "The molecule is OCC.</s>"


def test_batches_are_planned_alike_for_all_views_and_tokens(rows):
    planned = [
        shown(rows, view, graph_token_id=GRAPH, num_graph_tokens=number).lengths.tolist()
        for view in SHOWN
        for number in (2, None)
    ]
    assert all(lengths == planned[0] for lengths in planned)


def test_rows_are_taken_in_order(rows):
    found = take(rows, np.array([3, 1]))
    for row, number in enumerate((3, 1)):
        for name, value in rows[number].items():
            np.testing.assert_array_equal(found[row][name], value)


def test_an_unknown_view_is_refused(rows):
    with pytest.raises(ValueError, match="got 'picture'"):
        shown(rows, "picture", graph_token_id=GRAPH, num_graph_tokens=1)
