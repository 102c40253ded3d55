"""Answers to prepared questions: rows in order, graphs of others where they are shuffled."""

import json

import numpy as np
import pytest
import torch

from llamo.compact import answers, tensors
from processors import LlamoDataCollator
from tests.llamo.compact.test_loop import make
from tests.llamo.compact.test_tensors import examples


@pytest.fixture
def rows() -> tensors.TensorRows:
    first = examples()
    return tensors.from_examples([first[0], first[1], first[3]], ["a"] * 3, [["OCC"], ["c1ccccc1O"], ["OCC"]])


def test_a_question_ends_where_its_answer_begins(rows):
    (asked, *_) = answers.questions(rows, "both", graph_token_id=-1)
    np.testing.assert_array_equal([*asked["input_ids"], *asked["labels"]], rows[0]["input_ids"][:-1])  # the line break


def test_shuffled_rows_have_their_text_and_another_graph(rows):
    own, other = (answers.questions(rows, "both", graph_token_id=-1, shuffled=flag) for flag in (False, True))
    assert [row["input_ids"] for row in own] == [row["input_ids"] for row in other]
    graphs = [[len(row["graph_node_ids"]) for row in some] for some in (own, other)]
    assert graphs[0] == [3, 7, 3] and sorted(graphs[1]) == sorted(graphs[0]) and graphs[1][1] == 3


def test_answers_come_with_their_rows_and_are_those_of_generate(rows, tmp_path):
    model, collate = make()
    collate = LlamoDataCollator(collate.processor, for_generation=True)
    asked = answers.questions(rows, "both", graph_token_id=collate.processor.graph_token_id)
    found = answers.answers(model.eval(), collate, asked, batch_size=2, max_new_tokens=3, do_sample=False)
    answers.write(tmp_path / "found.jsonl", found)
    lines = [json.loads(line) for line in (tmp_path / "found.jsonl").read_text().splitlines()]
    assert [line["row"] for line in lines] == [0, 1, 2]
    inputs = collate([asked[1]])
    inputs.pop("labels")
    with torch.inference_mode():
        alone = model.generate(**inputs, max_new_tokens=3, do_sample=False)[0, inputs["input_ids"].shape[1] :].tolist()
    special = {model.generation_config.pad_token_id, model.generation_config.eos_token_id}
    assert lines[1]["tokens"] == [token for token in alone if token not in special]
