"""Questions as rows."""

import pytest

from llamo.analysis.graphs.questions import QUESTIONS, answers
from llamo.analysis.graphs.rows import encode, processor
from llamo.analysis.graphs.samples import synthetic
from llamo.compact.views import seen


@pytest.fixture(scope="module")
def samples():
    return list(synthetic(6, seed=0))


@pytest.fixture(scope="module")
def asked(samples):
    return encode(samples)


def test_no_word_is_unknown_and_every_answer_is_one_word(asked):
    unknown, end = processor().tokenizer.unk_token_id, processor().tokenizer.eos_token_id
    for row, truth in enumerate(asked.truths):
        example = asked.rows[row]
        assert unknown not in example["input_ids"]
        labels = [label for label in example["labels"] if label >= 0]
        assert [processor().decode(labels[:1]), labels[1:]] == [truth, [end]]


def test_the_graph_alone_shows_no_edge_in_text_and_the_text_alone_no_graph(asked):
    graph_id = processor().graph_token_id
    both, graph, text = (seen(asked.rows, 0, view, graph_token_id=graph_id) for view in ("both", "graph", "smiles"))
    words = processor().decode(graph["input_ids"])
    assert "marked" not in words.split("are the")[0] and "-" not in words
    assert "graph_node_ids" in graph and "graph_node_ids" not in text
    assert (both["input_ids"] == graph_id).sum() == (graph["input_ids"] == graph_id).sum() > 0
    assert not (text["input_ids"] == graph_id).any()


def test_every_question_about_every_graph_is_a_row(samples, asked):
    assert len(asked.rows) == sum(len(answers(sample)) for sample in samples)
    assert set(asked.questions) == set(QUESTIONS)


def test_without_motifs_only_motifs_are_gone(asked):
    row, plain = asked.rows[0], asked.without_motifs().rows[0]
    assert len(row["graph_motif_features"]) and not len(plain["graph_motif_features"])
    assert all((row[name] == plain[name]).all() for name in ("input_ids", "graph_node_ids", "graph_edge_index"))


def test_the_most_frequent_answer_is_right_as_often_as_it_occurs(asked):
    constant = asked.most_frequent()
    right = asked.right_if(constant)
    for name, answer in constant.items():
        truths = [truth for question, truth in zip(asked.questions, asked.truths, strict=True) if question == name]
        marks = [mark for question, mark in zip(asked.questions, right, strict=True) if question == name]
        assert sum(marks) == truths.count(answer) == max(map(truths.count, truths))
