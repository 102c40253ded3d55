"""The training loop: schedules, draws by kind, and runs in slices that are the run in one piece."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModel

from llamo.compact import tensors
from llamo.compact.batches import Batches, padded_groups
from llamo.compact.checkpoint import END_BIAS, release
from llamo.compact.loop import hide_words, train
from llamo.compact.model import Size, build
from llamo.compact.schedule import Schedule, Stage
from processors import LlamoDataCollator, LlamoPackingCollator, LlamoProcessor
from tests.llamo.compact.test_tensors import KEYS, examples
from tests.text import byte_tokenizer

SIZE = Size(width=16, layers=1, heads=2, inner=16, graph_width=8, mlp_depth=1)
SCHEDULE = Schedule(
    stages=(Stage(5, learning_rate=1e-2), Stage(3, {"b": 0.5}, learning_rate=1e-3)),
    max_tokens=250,
    warmup_steps=2,
    save_every=2,
    evaluate_every=4,
)


@pytest.fixture
def rows() -> tensors.TensorRows:
    return tensors.from_examples(examples() * 3, ["b", "a", "c", "b", "b"] * 3, KEYS * 3)


def make(kind=LlamoDataCollator):
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer(), include_smiles=False)
    return build(processor, SIZE, seed=0), kind(processor)


def weights(model) -> torch.Tensor:
    return torch.cat([weight.detach().flatten() for weight in model.parameters()])


def test_rates_rise_and_fall_in_each_stage():
    rates = [SCHEDULE.rate(step) for step in range(SCHEDULE.steps)]
    assert rates[:3] == pytest.approx([5e-3, 1e-2, 1e-2])
    assert rates[4] < rates[3] < rates[2]
    assert rates[5] == pytest.approx(5e-4)
    with pytest.raises(ValueError, match="8 steps"):
        SCHEDULE.at(8)


@pytest.mark.parametrize("packed", [True, False])
def test_batches_do_not_depend_on_where_one_begins(rows, packed):
    schedule = replace(SCHEDULE, packed=packed)
    whole = list(Batches(rows, schedule).from_step(0))
    assert len(whole) == schedule.steps
    for step in range(schedule.steps):
        assert list(Batches(rows, schedule).from_step(step)) == whole[step:]


def test_kinds_are_drawn_by_their_weight(rows):
    schedule = replace(SCHEDULE, stages=(Stage(1000, {"a": 2.0, "b": 1 / 3, "c": 0.0}),), max_tokens=10_000)
    batches = Batches(rows, schedule)._epoch(0, 0)
    drawn = np.concatenate(batches)
    kinds = [rows.names[rows.kinds[row]] for row in drawn]
    assert (kinds.count("a"), kinds.count("b"), kinds.count("c")) == (6, 3, 0)


def test_padded_groups_hold_every_row_and_no_more_tokens_than_allowed():
    lengths = np.array([5, 50, 7, 6, 49, 200, 5])
    groups = padded_groups(lengths, 100, seed=[0])
    assert sorted(row for group in groups for row in group) == list(range(7))
    assert all(len(group) == 1 or len(group) * lengths[group].max() <= 100 for group in groups)


@pytest.mark.parametrize("kind", [LlamoDataCollator, LlamoPackingCollator])
def test_a_run_in_slices_is_the_run_in_one_piece(rows, tmp_path, kind):
    schedule = replace(SCHEDULE, packed=kind is LlamoPackingCollator, word_dropout=0.2)
    whole, collate = make(kind)
    assert train(whole, collate, rows, rows, schedule, tmp_path / "whole")
    done, slices = False, 0
    while not done:
        part, collate = make(kind)
        done, slices = train(part, collate, rows, rows, schedule, tmp_path / "parts", minutes=0), slices + 1
    assert slices == schedule.steps
    torch.testing.assert_close(weights(part), weights(whole), atol=0, rtol=0)
    assert train(part, collate, rows, rows, schedule, tmp_path / "parts")  # nothing is left to do


def test_a_checkpoint_that_was_not_put_in_place_is_found(rows, tmp_path):
    model, collate = make()
    train(model, collate, rows, rows, SCHEDULE, tmp_path, minutes=0)
    (tmp_path / "checkpoint").rename(tmp_path / "checkpoint.new")
    again, collate = make()
    train(again, collate, rows, rows, SCHEDULE, tmp_path, minutes=0)
    assert json.loads((tmp_path / "checkpoint" / "step.json").read_text()) == {"step": 2}


def test_a_release_is_an_ordinary_folder_in_half_the_bytes(rows, tmp_path):
    model, collate = make()
    train(model, collate, rows, rows, SCHEDULE, tmp_path)
    release(tmp_path, tmp_path / "release")
    stored = load_file(tmp_path / "release" / "model.safetensors")
    kept = {name for name, weight in stored.items() if weight.dtype == torch.float32}
    assert kept <= {name for name, _ in model.named_buffers()} and "lm_head.weight" not in stored
    again = AutoModel.from_pretrained(tmp_path / "release").float()
    torch.testing.assert_close(weights(again), weights(model), atol=1e-2, rtol=1e-2)
    assert again.generation_config.sequence_bias == [[[again.generation_config.eos_token_id], END_BIAS]]
    inputs = collate([rows[0]])
    inputs.pop("labels")
    assert again.generate(**inputs, max_new_tokens=2).shape[1] > inputs["input_ids"].shape[1]


def test_words_are_hidden_where_they_are_read_and_stay_where_they_are_learned():
    ids, labels = torch.arange(10, 4010).reshape(4, 1000), torch.full((4, 1000), -100)
    labels[:, 500:] = ids[:, 500:]
    torch.manual_seed(0)
    shown = hide_words({"input_ids": ids, "labels": labels}, 0.2, 3)
    assert torch.equal(shown["labels"], labels) and torch.equal(shown["input_ids"][:, :500], ids[:, :500])
    assert (shown["input_ids"][:, 500:] == 3).float().mean() == pytest.approx(0.2, abs=0.02)
    assert hide_words({"input_ids": ids, "labels": labels}, 0.0, 3)["input_ids"] is ids


def test_metrics_name_losses_of_each_kind(rows, tmp_path):
    model, collate = make()
    train(model, collate, rows, rows, SCHEDULE, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert lines[0]["schedule"]["max_tokens"] == 250
    looks = [line["validation_loss"] for line in lines if "validation_loss" in line]
    assert [set(look) for look in looks] == [{"a", "b", "c"}] * 2
    assert all(np.isfinite(list(look.values())).all() for look in looks)
