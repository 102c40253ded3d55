"""Rows that join and leave get the logits that they have alone."""

import pytest
import torch

from llamo.serving.prompts import Prompt
from llamo.serving.running_batch import RunningBatch
from tests.modeling_llamo.test_model import FAMILIES
from tests.tiny import prompt_rows, random_graphs, select_graphs, tiny_config, tiny_model

SIZES, ROWS = [5, 37, 1], [[0, 1], [2], []]


def prompts(config) -> list[Prompt]:
    batch, graphs = prompt_rows(config, ROWS, SIZES), random_graphs(SIZES)
    lengths = batch["attention_mask"].sum(-1).tolist()
    ids = [row[-length:].tolist() for row, length in zip(batch["input_ids"], lengths, strict=True)]
    packed = [select_graphs(graphs, molecules) if molecules else {} for molecules in ROWS]
    return [Prompt(*both) for both in zip(ids, packed, strict=True)]


def alone(model, prompt: Prompt, tokens: list[int]) -> torch.Tensor:
    return model(input_ids=torch.tensor([prompt.ids + tokens]), **prompt.graphs).logits[0, -1]


@torch.inference_mode()
@pytest.mark.parametrize("family", [name for name in FAMILIES if name not in ("mistral", "gemma2")])
def test_rows_that_join_and_leave_have_the_logits_they_have_alone(family):
    model = tiny_model(tiny_config(text={"model_type": family, **FAMILIES[family]}))
    short, long = prompts(model.config)[1], prompts(model.config)[0]
    batch = RunningBatch(model)
    batch.join(*batch.prefill([short])[:2])
    batch.step([5])
    batch.join(*batch.prefill([long, prompts(model.config)[2]])[:2])
    assert batch.is_growable
    logits = batch.step([6, 7, 8])
    torch.testing.assert_close(logits[0], alone(model, short, [5, 6]), atol=2e-5, rtol=1e-4)
    torch.testing.assert_close(logits[1], alone(model, long, [7]), atol=2e-5, rtol=1e-4)
    batch.keep([0, 2])
    assert batch.mask.shape[1] == int(batch.mask.sum(-1).max())
    torch.testing.assert_close(batch.step([9, 9])[0], alone(model, short, [5, 6, 9]), atol=2e-5, rtol=1e-4)


@torch.inference_mode()
def test_a_sliding_window_cannot_grow():
    model = tiny_model(tiny_config(text={"model_type": "mistral", **FAMILIES["mistral"], "sliding_window": 8}))
    batch = RunningBatch(model)
    batch.join(*batch.prefill(prompts(model.config))[:2])
    assert not batch.is_growable
