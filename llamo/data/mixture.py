"""Several encoded sources as one dataset, each seen as often as its weight says."""

from collections.abc import Sequence
from typing import cast

import numpy as np
from datasets import Dataset, IterableDataset, concatenate_datasets, interleave_datasets

from llamo.data.encoding import EncodedSource
from llamo.data.on_the_fly import OnTheFlyDataset


def mix(
    sources: Sequence[EncodedSource], *, seed: int = 0, shuffle: bool = True, buffer_size: int | None = None
) -> Dataset | OnTheFlyDataset | IterableDataset:
    """One dataset of all sources; its column `source` says where a row is from.

    A weight of 2 shows each row twice per epoch, 0.5 a half that `seed` chooses once, 2.5 both. Streams are drawn from
    with probabilities proportional to weight until each has ended at least once; those that end earlier begin again.

    Args:
        sources: all encoded beforehand, all on the fly, or all streams.
        seed: of the choice and the order.
        shuffle: mix the order; off leaves source after source (not for streams).
        buffer_size: rows of a stream that are shuffled at a time; None leaves them as they come.

    Raises:
        ValueError: sources of different kinds, or no row in one of them.
    """
    if not sources:
        raise ValueError("no source to mix; give at least one")
    kinds = {type(source.dataset).__name__: source.rows.source.title for source in sources}
    datasets = [source.dataset for source in sources]
    weights = [source.rows.source.weight for source in sources]
    if all(isinstance(dataset, IterableDataset) for dataset in datasets):
        return _mix_streams(cast(list[IterableDataset], datasets), weights, seed, buffer_size)
    if any(isinstance(dataset, IterableDataset) for dataset in datasets) or len(kinds) > 1:
        raise ValueError(f"sources of different kinds cannot be mixed: {kinds}; encode or stream all of them")
    if buffer_size is not None:
        raise ValueError("buffer_size is for streams; shuffle=True mixes all rows of these")
    order = mixed_order([len(cast(Dataset, dataset)) for dataset in datasets], weights, seed=seed, shuffle=shuffle)
    if isinstance(datasets[0], OnTheFlyDataset):
        parts = [part for dataset in cast(list[OnTheFlyDataset], datasets) for part in dataset.parts]
        return OnTheFlyDataset(parts, order)
    return concatenate_datasets(cast(list[Dataset], datasets)).select(order)


def mixed_order(lengths: Sequence[int], weights: Sequence[float], *, seed: int, shuffle: bool) -> np.ndarray:
    """Positions in the concatenated sources, each as often as it is seen.

    Raises:
        ValueError: a source has no row.
    """
    if 0 in lengths:
        raise ValueError(f"source {list(lengths).index(0)} has no row left; leave it out or see its report")
    starts = np.cumsum([0, *lengths[:-1]])
    pieces = [
        start + _repeated(length, weight, np.random.default_rng([seed, number]))
        for number, (start, length, weight) in enumerate(zip(starts, lengths, weights, strict=True))
    ]
    order = np.concatenate(pieces)
    return np.random.default_rng([seed, len(lengths)]).permutation(order) if shuffle else order


def _repeated(length: int, weight: float, generator: np.random.Generator) -> np.ndarray:
    whole = int(weight)
    share = round((weight - whole) * length)
    if whole == 0:
        share = max(1, share)
    return np.concatenate([np.tile(np.arange(length), whole), np.sort(generator.permutation(length)[:share])])


def _mix_streams(
    streams: list[IterableDataset], weights: list[float], seed: int, buffer_size: int | None
) -> IterableDataset:
    if buffer_size is not None:
        streams = [stream.shuffle(seed=seed, buffer_size=buffer_size) for stream in streams]
    if len(streams) == 1:
        return streams[0]
    shares = [weight / sum(weights) for weight in weights]
    return interleave_datasets(streams, probabilities=shares, seed=seed, stopping_strategy="all_exhausted")
