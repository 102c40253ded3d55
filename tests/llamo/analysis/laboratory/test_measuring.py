"""Scores of answers against the model's own loss and its own greedy search."""

import numpy as np
import pytest

from llamo.analysis.laboratory.measuring import bleu_4, score_rows
from llamo.analysis.laboratory.shown import shown
from llamo.compact.answers import answers, questions
from llamo.compact.model import build
from processors import LlamoDataCollator
from tests.llamo.analysis.laboratory import small


@pytest.fixture
def setting():
    processor = small.processor()
    model = build(processor, small.SIZE, seed=0).eval()
    rows = small.rows(("description",))
    return (
        model,
        LlamoDataCollator(processor),
        shown(rows, "graph", graph_token_id=processor.graph_token_id, num_graph_tokens=28),
    )


def test_the_loss_is_the_models(setting):
    model, collate, rows = setting
    found = score_rows(model, collate, rows)
    for row in range(len(rows)):
        expected = model(**collate([rows[row]])).loss.item()
        assert found.loss[row] / found.tokens[row] == pytest.approx(expected, rel=1e-4)


def test_right_is_what_greedy_search_would_say(setting):
    model, collate, rows = setting
    asked = questions(rows, "both", graph_token_id=collate.processor.graph_token_id)
    asking = LlamoDataCollator(collate.processor, for_generation=True)
    said = dict(answers(model, asking, asked, batch_size=4, do_sample=False, max_new_tokens=2))
    own = [{**rows[row], **_answered(rows[row], said[row])} for row in range(len(rows))]
    assert score_rows(model, collate, own).right.all()
    assert not score_rows(model, collate, rows).right.any()


def test_bleu_is_between_0_and_1(setting):
    assert 0 <= bleu_4(*setting) <= 1


def test_the_mode_of_the_model_is_kept(setting):
    model, collate, rows = setting
    model.train()
    score_rows(model, collate, rows)
    assert model.training


def _answered(example: dict, tokens: list[int]) -> dict:
    start = int(np.flatnonzero(example["labels"] >= 0)[0])
    ids = np.concatenate([example["input_ids"][:start], tokens])
    labels = np.concatenate([np.full(start, -100), tokens])
    return {"input_ids": ids, "attention_mask": np.ones_like(ids), "labels": labels}
