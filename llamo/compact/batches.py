"""Which rows each step sees: a function of the seed and the step, so that a run in slices sees the same. No model."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from torch.utils.data import DataLoader, Dataset

from llamo.compact.schedule import Schedule
from llamo.compact.tensors import TensorRows
from llamo.compact.views import seen
from llamo.data.batching import pack_lengths
from processors import LlamoDataCollator


class Batches:
    """Which rows each step sees.

    Args:
        rows: to draw from.
        schedule: of the run.
    """

    def __init__(self, rows: TensorRows, schedule: Schedule):
        self.rows, self.schedule = rows, schedule

    def from_step(self, step: int) -> Iterator[list[int]]:
        """Batches from this step on."""
        number, place = self.schedule.at(step)
        for stage in range(number, len(self.schedule.stages)):
            yield from self._of_stage(stage, place)
            place = 0

    def _of_stage(self, stage: int, place: int) -> Iterator[list[int]]:
        epoch, left = 0, self.schedule.stages[stage].steps
        while left > 0:
            batches = self._epoch(stage, epoch)[:left]
            yield from batches[place:]
            place, left, epoch = max(0, place - len(batches)), left - len(batches), epoch + 1

    def _epoch(self, stage: int, epoch: int) -> list[list[int]]:
        seed = [self.schedule.seed, stage, epoch]
        drawn = self._draw(self.schedule.stages[stage].weights, np.random.default_rng(seed))
        groups = token_groups(self.rows.lengths[drawn], self.schedule, seed=seed)
        order = np.random.default_rng([*seed, 1]).permutation(len(groups)).tolist()
        return [drawn[groups[group]].tolist() for group in order]

    def _draw(self, weights: Mapping[str, float], generator: np.random.Generator) -> np.ndarray:
        """Row numbers, each as often as its kind's weight says; a fraction is a part drawn anew."""
        drawn = []
        for number, name in enumerate(self.rows.names):
            rows, weight = np.flatnonzero(self.rows.kinds == number), weights.get(name, 1.0)
            drawn += [rows] * int(weight)
            drawn.append(generator.permutation(rows)[: round((weight - int(weight)) * len(rows))])
        return np.concatenate(drawn)


class _Examples(Dataset):
    """Rows as examples, by step and row: what a row shows depends on both and on the seed."""

    def __init__(self, rows: TensorRows, schedule: Schedule, graph_token_id: int):
        self.rows, self.schedule, self.graph_token_id = rows, schedule, graph_token_id

    def __getitem__(self, place: tuple[int, int]) -> dict[str, Any]:
        step, row = place
        view = self.schedule.views.draw(self.schedule.seed, step, row)
        return seen(self.rows, row, view, graph_token_id=self.graph_token_id)


def loader(
    rows: TensorRows, schedule: Schedule, collate: LlamoDataCollator, step: int, workers: int, device: str
) -> DataLoader:
    """Batches from a step on."""
    batches = Batches(rows, schedule).from_step(step) if step < schedule.steps else iter(())
    places = [[(number, row) for row in batch] for number, batch in enumerate(batches, step)]
    return DataLoader(
        _Examples(rows, schedule, collate.processor.graph_token_id),
        batch_sampler=places,
        collate_fn=collate,
        num_workers=workers,
        pin_memory=device != "cpu",
        prefetch_factor=8 if workers else None,
    )


def token_groups(lengths: np.ndarray, schedule: Schedule, *, seed: Sequence[int] = (0,)) -> list[list[int]]:
    """Groups of rows that fit into a batch, packed or padded as the schedule says."""
    if schedule.packed:
        return pack_lengths(lengths, schedule.max_tokens, seed=seed)
    return padded_groups(lengths, schedule.max_tokens, seed=seed)


def padded_groups(lengths: np.ndarray, max_tokens: int, *, seed: Sequence[int]) -> list[list[int]]:
    """Groups of rows of similar length, each of at most `max_tokens` with its padding."""
    order = np.random.default_rng(seed).permutation(len(lengths))
    order = order[np.argsort(lengths[order], kind="stable")].tolist()
    groups: list[list[int]] = [[]]
    for row in order:
        if groups[-1] and (len(groups[-1]) + 1) * int(lengths[row]) > max_tokens:
            groups.append([])
        groups[-1].append(row)
    return groups
