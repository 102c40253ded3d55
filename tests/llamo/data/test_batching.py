"""Batches by tokens: full, deterministic, evenly shared; and Trainer's own grouping by length takes our data."""

from collections import Counter

import numpy as np
import pytest
import torch
from accelerate.data_loader import BatchSamplerShard
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader
from transformers import Trainer, TrainingArguments
from transformers.trainer_pt_utils import LengthGroupedSampler

from llamo.data import encode_rows
from llamo.data.batching import TokenBudgetBatchSampler, pack_lengths
from processors import LlamoDataCollator, LlamoPackingCollator
from tests.llamo.data.files import row
from tests.text import model_and_processor

LENGTHS = np.random.default_rng(0).integers(5, 200, size=300)
BUDGET = 256
NUM_ROWS = 96  # of few rows, Trainer groups none


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=60), st.integers(1, 50), st.integers(0, 3))
def test_each_row_is_in_one_group_and_no_group_is_too_large(lengths, max_tokens, seed):
    groups = pack_lengths(lengths, max_tokens, seed=seed)
    assert Counter(row for group in groups for row in group) == Counter(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or sum(lengths[row] for row in group) <= max_tokens
    assert len(groups) == len(pack_lengths(lengths, max_tokens, seed=seed + 1))


def test_groups_are_full():
    groups = pack_lengths(LENGTHS, BUDGET)
    assert len(groups) <= 1.02 * LENGTHS.sum() / BUDGET + 1


def test_a_row_over_the_budget_is_a_batch_of_its_own():
    assert sorted(map(sorted, pack_lengths([9, 3, 4, 30], 8))) == [[0], [1, 2], [3]]


def test_batches_depend_on_seed_and_epoch_alone():
    def batches(seed: int, epoch: int) -> list[list[int]]:
        sampler = TokenBudgetBatchSampler(LENGTHS, max_tokens=BUDGET, seed=seed)
        sampler.set_epoch(epoch)
        return list(sampler)

    assert batches(0, 1) == batches(0, 1)
    assert batches(0, 1) != batches(0, 0)
    assert batches(0, 1) != batches(1, 1)
    one, other = ({frozenset(batch) for batch in batches(0, epoch)} for epoch in (0, 1))
    assert len(one & other) < len(one) / 2  # not only the order changes


def test_without_shuffling_every_epoch_is_the_same():
    sampler = TokenBudgetBatchSampler(LENGTHS, max_tokens=BUDGET, shuffle=False)
    first = list(sampler)
    sampler.set_epoch(3)
    assert list(sampler) == first
    assert LENGTHS[first[0]].sum() == max(LENGTHS[batch].sum() for batch in first)


@pytest.mark.parametrize("epoch", [0, 5])
@pytest.mark.parametrize("ranks", [1, 2, 3, 8])
def test_ranks_share_all_rows_evenly(ranks, epoch):
    samplers = [
        TokenBudgetBatchSampler(LENGTHS, max_tokens=BUDGET, num_replicas=ranks, rank=rank) for rank in range(ranks)
    ]
    for sampler in samplers:
        sampler.set_epoch(epoch)
    shares = [list(sampler) for sampler in samplers]
    assert {len(share) for share in shares} == {len(sampler) for sampler in samplers} == {len(samplers[0])}
    assert Counter(row for share in shares for batch in share for row in batch) == Counter(range(len(LENGTHS)))
    assert all(LENGTHS[batch].sum() <= BUDGET for share in shares for batch in share)


def test_accelerate_deals_whole_batches_out_to_its_ranks():
    shares = [
        list(
            BatchSamplerShard(TokenBudgetBatchSampler(LENGTHS, max_tokens=BUDGET), num_processes=2, process_index=rank)
        )
        for rank in range(2)
    ]
    assert len(shares[0]) == len(shares[1])
    assert {row for share in shares for batch in share for row in batch} == set(range(len(LENGTHS)))


def test_one_row_serves_all_ranks_if_it_must():
    shares = [list(TokenBudgetBatchSampler([7], max_tokens=8, num_replicas=3, rank=rank)) for rank in range(3)]
    assert shares == [[[0]]] * 3


def test_wrong_settings_are_refused():
    with pytest.raises(ValueError, match="got 0 rows"):
        pack_lengths([], 8)
    with pytest.raises(ValueError, match="max_tokens 0"):
        pack_lengths([1], 0)
    with pytest.raises(ValueError, match="rank must be from 0 to num_replicas - 1 = 1, got 2"):
        TokenBudgetBatchSampler([1], max_tokens=8, num_replicas=2, rank=2)


@pytest.fixture
def encoded():
    """Rows of many lengths, and the model and processor for them."""
    model, processor = model_and_processor()
    rows = [row("C" * (number % 7 + 1), "x" * (5 + 11 * number % 83)) for number in range(NUM_ROWS)]
    return model, processor, encode_rows(rows, processor).dataset


def arguments(folder, **options) -> TrainingArguments:
    return TrainingArguments(
        str(folder),
        remove_unused_columns=False,
        report_to=[],
        save_strategy="no",
        use_cpu=True,
        disable_tqdm=True,
        learning_rate=1e-2,
        logging_steps=1,
        **options,
    )


class BudgetTrainer(Trainer):
    """As the sampler's docstring has it."""

    def get_train_dataloader(self):
        batches = TokenBudgetBatchSampler(self.train_dataset["length"], max_tokens=512, seed=self.args.seed)
        loader = DataLoader(self.train_dataset, batch_sampler=batches, collate_fn=self.data_collator)
        return self.accelerator.prepare(loader)


def test_trainer_takes_packed_batches_of_a_budget(tmp_path, encoded):
    model, processor, dataset = encoded[0], encoded[1], encoded[2].select(range(24))
    seen, collate = [], LlamoPackingCollator(processor)

    def record(examples):
        seen.append([example["row"] for example in examples])
        return collate(examples)

    trainer = BudgetTrainer(model, arguments(tmp_path, num_train_epochs=3), record, dataset)
    trainer.train()
    per_epoch = len(pack_lengths(dataset["length"], 512))
    assert trainer.state.global_step == len(seen) == 3 * per_epoch
    epochs = [seen[start : start + per_epoch] for start in range(0, len(seen), per_epoch)]
    assert all(sorted(row for batch in epoch for row in batch) == list(range(24)) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2]
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    assert losses[-1] < losses[0]


def test_trainer_groups_encoded_rows_by_length(tmp_path, encoded):
    model, processor, dataset = encoded
    padding = {}
    for strategy in ("random", "group_by_length"):
        options = arguments(tmp_path, per_device_train_batch_size=4, train_sampling_strategy=strategy, max_steps=1)
        torch.manual_seed(0)
        trainer = Trainer(model, options, LlamoDataCollator(processor), dataset)
        masks = [batch["attention_mask"] for batch in trainer.get_train_dataloader()]
        assert sum(int(mask.sum()) for mask in masks) == sum(dataset["length"])
        padding[strategy] = 1 - sum(dataset["length"]) / sum(mask.numel() for mask in masks)
    sampler = trainer._get_train_sampler()
    assert isinstance(sampler, LengthGroupedSampler)
    assert list(sampler.lengths) == list(dataset["length"])
    assert padding["group_by_length"] < 0.5 * padding["random"]
    trainer.train()
