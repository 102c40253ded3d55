"""Log-probabilities of continuations: batch = single, and equal to a plain loop over full forward passes."""

import pytest
import torch
from transformers import AutoModelForCausalLM, LlamaConfig

from llamo.evaluation.likelihood import log_probabilities, rows_at_a_time
from tests.llamo.evaluation.small_task import MOLECULES
from tests.text import model_and_processor
from tests.tiny import TEXT_CONFIG

PROMPTS = ["What?", "Describe this molecule in many words, please.", "And this?"]
CONTINUATIONS = [[10, 11, 2], [40], [7, 8, 9, 20, 30]]


@torch.inference_mode()
def one_by_one(model, processor, molecules) -> list[float]:
    """Adds up log-probabilities token by token, a full forward pass for each."""
    sums = []
    for molecule, prompt, continuation in zip(molecules, PROMPTS, CONTINUATIONS, strict=True):
        inputs = dict(processor([molecule], [prompt]))
        total = 0.0
        for token in continuation:
            logits = model(**inputs).logits[0, -1].double()
            total += float(torch.log_softmax(logits, -1)[token])
            inputs["input_ids"] = torch.cat([inputs["input_ids"], torch.tensor([[token]])], 1)
            inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        sums.append(total)
    return sums


def test_equals_a_loop_over_tokens():
    model, processor = model_and_processor()
    batch = log_probabilities(model, processor(list(MOLECULES[:3]), PROMPTS), CONTINUATIONS)
    assert batch.tolist() == pytest.approx(one_by_one(model, processor, MOLECULES[:3]), abs=1e-4)


def test_holds_for_a_plain_language_model():
    _, processor = model_and_processor()
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(LlamaConfig(**{**TEXT_CONFIG, "vocab_size": 261})).eval()
    batch = log_probabilities(model, processor(None, PROMPTS), CONTINUATIONS)
    assert batch.tolist() == pytest.approx(one_by_one(model, processor, [None] * 3), abs=1e-4)


def test_fewer_rows_fit_when_answers_are_longer():
    assert rows_at_a_time(10, 32_000) == 2**26 // 320_000
    assert rows_at_a_time(10_000, 2**20) == 1
