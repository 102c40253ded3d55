"""Batches by tokens instead of rows: which rows go together, in which order, on which rank. Knows lengths only."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch.utils.data import Sampler


def pack_lengths(
    lengths: Sequence[int] | np.ndarray, max_tokens: int, *, seed: int | Sequence[int] = 0
) -> list[list[int]]:
    """Groups of row numbers whose lengths sum to at most `max_tokens`, few and full; each row is in one of them.

    Best fit decreasing: the longest row first, each into the fullest group that has room. Rows of equal length change
    places with `seed`; the number of groups does not depend on it. A row over `max_tokens` has a group of its own.

    Raises:
        ValueError: no row, a length below 1, or `max_tokens` below 1.
    """
    sizes = np.asarray(lengths[:], dtype=np.int64)  # a whole column is read at once
    if max_tokens < 1 or sizes.ndim != 1 or not sizes.size or sizes.min() < 1:
        raise ValueError(
            f"expected lengths and max_tokens of at least 1, got {sizes.size} rows, max_tokens {max_tokens}"
        )
    order = np.random.default_rng(seed).permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    groups: list[list[int]] = []
    open_groups = _OpenGroups()
    for row, size in zip(order.tolist(), sizes[order].tolist(), strict=True):
        group, room = open_groups.take(size) or (len(groups), max_tokens)
        if group == len(groups):
            groups.append([])
        groups[group].append(row)
        open_groups.put(group, room - size)
    return groups


class _OpenGroups:
    """Groups that have room, found by how much."""

    def __init__(self):
        self.rooms: list[int] = []  # sorted
        self.groups: dict[int, list[int]] = {}

    def take(self, size: int) -> tuple[int, int] | None:
        """The fullest group that has room for `size`, and its room."""
        place = bisect_left(self.rooms, size)
        if place == len(self.rooms):
            return None
        room = self.rooms[place]
        group = self.groups[room].pop()
        if not self.groups[room]:
            del self.groups[self.rooms.pop(place)]
        return group, room

    def put(self, group: int, room: int):
        """Leaves a group open if it has room."""
        if room <= 0:
            return
        if room not in self.groups:
            insort(self.rooms, room)
        self.groups.setdefault(room, []).append(group)


class TokenBudgetBatchSampler(Sampler[list[int]]):
    """Batches of rows with at most `max_tokens` tokens, for `LlamoPackingCollator` (`DataLoader(batch_sampler=..)`).

    An epoch sees each row once, in batches that depend on `seed` and epoch alone. Their number is the same in every
    epoch and on every rank; the ranks' batches of one step are alike in tokens. In a `Trainer`:

        def get_train_dataloader(self):
            batches = TokenBudgetBatchSampler(self.train_dataset["length"], max_tokens=4096, seed=self.args.seed)
            loader = DataLoader(self.train_dataset, batch_sampler=batches, collate_fn=self.data_collator)
            return self.accelerator.prepare(loader)

    `prepare` deals batches out to the ranks and sets the epoch; give `num_replicas` and `rank` only without it, and
    call `set_epoch` then.

    Args:
        lengths: tokens of each row, such as the column `length` of an encoded source.
        max_tokens: of a batch; a longer row is a batch of its own.
        seed: of the groups and their order.
        shuffle: off gives the same batches in every epoch, those with most tokens first.
        num_replicas: ranks.
        rank: this one.

    Raises:
        ValueError: see `pack_lengths`; or the rank is none of the ranks.
    """

    def __init__(
        self,
        lengths: Sequence[int] | np.ndarray,
        *,
        max_tokens: int,
        seed: int = 0,
        shuffle: bool = True,
        num_replicas: int = 1,
        rank: int = 0,
    ):
        if not 0 <= rank < num_replicas:
            raise ValueError(f"rank must be from 0 to num_replicas - 1 = {num_replicas - 1}, got {rank}")
        self.lengths = np.asarray(lengths[:], dtype=np.int64)  # a whole column is read at once
        self.max_tokens, self.seed, self.shuffle = max_tokens, seed, shuffle
        self.num_replicas, self.rank, self.epoch = num_replicas, rank, 0
        self.steps = -(-len(pack_lengths(self.lengths, max_tokens)) // num_replicas)

    def set_epoch(self, epoch: int):
        """Chooses the epoch whose batches come next."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[list[int]]:
        seed = [self.seed, self.epoch if self.shuffle else 0]
        batches = _fill_up(pack_lengths(self.lengths, self.max_tokens, seed=seed), self.num_replicas)
        batches.sort(key=lambda batch: -int(self.lengths[batch].sum()))
        steps = np.arange(self.steps)
        if self.shuffle:
            np.random.default_rng([*seed, 1]).shuffle(steps)
        yield from (batches[step * self.num_replicas + self.rank] for step in steps.tolist())


def _fill_up(batches: list[list[int]], multiple: int) -> list[list[int]]:
    """As many batches as ranks can share: one of many rows is cut in two, or, if there is none, one comes twice."""
    batches = list(batches)
    while len(batches) % multiple:
        fullest = max(range(len(batches)), key=lambda number: len(batches[number]))
        rows = batches[fullest]
        if len(rows) > 1:
            batches[fullest] = rows[::2]
        batches.append(rows[1::2] or rows)
    return batches


class LengthGroupedSampler(Sampler[int]):
    """Rows in random order, of similar length within a batch: transformers' grouping, by seed and epoch alone.

    transformers' own sampler draws from the global random state, so a resumed run would see another order.

    Args:
        lengths: tokens of each row.
        batch_size: rows of a step on one process.
        seed: of the order, together with the epoch (`set_epoch`).
    """

    def __init__(self, lengths: Sequence[int] | np.ndarray, *, batch_size: int, seed: int = 0):
        self.lengths = np.asarray(lengths[:]).tolist()  # a whole column is read at once
        self.batch_size, self.seed, self.epoch = batch_size, seed, 0

    def set_epoch(self, epoch: int):
        """Chooses the epoch whose order comes next."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        from transformers.trainer_pt_utils import get_length_grouped_indices

        words = np.random.SeedSequence([self.seed, self.epoch]).generate_state(1)
        generator = torch.Generator().manual_seed(int(words[0]))
        return iter(get_length_grouped_indices(self.lengths, self.batch_size, generator=generator))
