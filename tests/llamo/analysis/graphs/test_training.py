"""One run: what it answers, and what is kept of it."""

import json

import pytest
import torch

from llamo.analysis.graphs import training
from llamo.analysis.graphs.rows import encode
from llamo.analysis.graphs.samples import synthetic
from processors import LlamoDataCollator

SETTINGS = {"seed": 0, "steps": 2, "learning_rate": 1e-3}


@pytest.fixture(scope="module")
def asked():
    return encode(synthetic(3, seed=0))


@pytest.mark.parametrize("arm", training.ARMS, ids=lambda arm: arm.name)
def test_every_arm_answers_every_question(arm, asked, tmp_path):
    right = training.run(arm, asked, {"synthetic": asked}, tmp_path, settings=SETTINGS, device="cpu")
    assert len(right["synthetic"]) == len(asked.rows) and set(right["synthetic"]) <= {0, 1}
    assert not list(tmp_path.glob("*.work"))


def test_a_finished_run_is_read_again_with_the_same_settings_only(asked, tmp_path):
    arm = training.ARMS[1]
    training.run(arm, asked, {"synthetic": asked}, tmp_path, settings=SETTINGS, device="cpu")
    (path,) = tmp_path.glob("*.json")
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "right": {"synthetic": [7]}}))
    again = training.run(arm, asked, {"synthetic": asked}, tmp_path, settings=SETTINGS, device="cpu")
    assert again == {"synthetic": [7]}
    other = training.run(arm, asked, {"synthetic": asked}, tmp_path, settings={**SETTINGS, "steps": 1}, device="cpu")
    assert len(other["synthetic"]) == len(asked.rows)


def test_an_answer_is_right_where_the_likeliest_word_is_the_truth(asked):
    model = training._build(0).eval()
    right = training.ask(model, asked, "both", "cpu")
    collate = LlamoDataCollator(training.processor())
    for row, mark in enumerate(right):
        inputs = collate([asked.rows[row]])
        place = int((inputs["labels"][0] >= 0).nonzero()[0])
        with torch.no_grad():
            said = model(**inputs).logits[0, place - 1].argmax()
        assert mark == int(said == inputs["labels"][0, place])
