"""Finds training rows whose molecule is held out for evaluation as well, by canonical structure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np
from datasets import Dataset, IterableDataset
from transformers.utils import logging

from llamo.data.bad_row import BadRow
from llamo.data.reading import open_source
from llamo.data.report import BadRowReport
from llamo.data.rows import NUMBER, SourceRows
from llamo.data.sources import DataSource
from llamo.data.structures import structures_of

logger = logging.get_logger(__name__)

Policy = Literal["error", "drop", "warn", "off"]

# Leaks that a message names.
_NAMED = 3


@dataclass(frozen=True)
class LeakageCheck:
    """What a check found.

    Attributes:
        train: the training sources, with policy "drop" without the leaks.
        leaks: training rows with a held-out molecule.
        held_out_structures: distinct structures that were held out.
    """

    train: list[SourceRows]
    leaks: list[BadRow]
    held_out_structures: int


def check_leakage(
    train: Sequence[DataSource | SourceRows],
    held_out: Sequence[DataSource | SourceRows],
    *,
    policy: Policy = "error",
    ignore_stereo: bool = True,
    report: BadRowReport | None = None,
    num_proc: int | None = None,
    cache_dir: str | Path | None = None,
) -> LeakageCheck:
    """Compares molecules of training and held-out rows; any shared one makes the training row a leak.

    Rows whose molecules cannot be read are passed over here; encoding reports them.

    Args:
        train: training sources.
        held_out: validation and test sources.
        policy: "error" raises, "drop" leaves the rows out, "warn" keeps them, "off" does not look.
        ignore_stereo: stereoisomers and isotopes count as the same structure.
        report: gets dropped rows, category `leak`.
        num_proc: processes that compute structures.
        cache_dir: of the computed structures; default the cache of `datasets`.

    Raises:
        ValueError: there are leaks (policy "error"), nothing is left, or a source is a stream: give
            `held_out_structures` to `encode_source` instead.
    """
    if policy not in get_args(Policy):
        raise ValueError(f"policy must be one of {', '.join(get_args(Policy))}, got {policy!r}")
    opened = [_opened(source) for source in train]
    if policy == "off":
        return LeakageCheck(opened, [], 0)
    options = {"ignore_stereo": ignore_stereo, "num_proc": num_proc, "cache_dir": cache_dir}
    places = _places([_opened(source) for source in held_out], **options)
    checked = [_check(rows, places, drop=policy == "drop", **options) for rows in opened]
    leaks = [leak for rows in checked for leak in rows.leaks]
    if leaks and policy == "error":
        raise ValueError(_describe(leaks, places))
    if leaks and policy == "warn":
        logger.warning(_describe(leaks, places))
    if report is not None and policy == "drop":
        report.add(leaks)
    return LeakageCheck(checked, leaks, len(places))


def held_out_structures(
    held_out: Sequence[DataSource | SourceRows],
    *,
    ignore_stereo: bool = True,
    num_proc: int | None = None,
    cache_dir: str | Path | None = None,
) -> frozenset[str]:
    """Structures that must not be trained on, for sources that are read as a stream.

    Raises:
        ValueError: a held-out source is a stream itself.
    """
    opened = [_opened(source) for source in held_out]
    return frozenset(_places(opened, ignore_stereo=ignore_stereo, num_proc=num_proc, cache_dir=cache_dir))


def leak_problem_text(structure: str, place: str) -> tuple[str, str]:
    """Reason and remedy of a leak."""
    return f"{structure} is held out as well ({place})", 'remove one of them, or leave leaks out (policy "drop")'


def _opened(source: DataSource | SourceRows) -> SourceRows:
    return open_source(source) if isinstance(source, DataSource) else source


def _structures(rows: SourceRows, *, ignore_stereo: bool, **options: Any) -> Iterable[list[str] | None]:
    if isinstance(rows.dataset, IterableDataset):
        raise ValueError(
            f"{rows.source.title}: a stream cannot be checked beforehand; give held_out_structures(..) to "
            "encode_source, which leaves such rows out as they come"
        )
    return structures_of(rows, **options)["flat" if ignore_stereo else "structures"]


def _places(held_out: Sequence[SourceRows], **options: Any) -> dict[str, str]:
    """Structure -> the first held-out row that has it."""
    places: dict[str, str] = {}
    for rows in held_out:
        unread = 0
        for number, structures in zip(_numbers(rows), _structures(rows, **options), strict=True):
            unread += structures is None
            for structure in structures or ():
                places.setdefault(structure, f"{rows.source.title}, row {number}")
        if unread:
            logger.warning(f"{rows.source.title}: {unread} held-out rows cannot be read and were not compared")
    return places


def _numbers(rows: SourceRows) -> Iterable[int]:
    return cast(Dataset, rows.dataset)[NUMBER] if isinstance(rows.dataset, Dataset) else ()


def _check(rows: SourceRows, places: dict[str, str], *, drop: bool, **options: Any) -> SourceRows:
    found: dict[int, BadRow] = {}
    structures = _structures(rows, **options)
    for position, (number, row) in enumerate(zip(_numbers(rows), structures, strict=True)):
        shared = next((structure for structure in row or () if structure in places), None)
        if shared is not None:
            reason, remedy = leak_problem_text(shared, places[shared])
            found[position] = BadRow(rows.source.title, number, shared, reason, remedy, "leak")
    leaks = (*rows.leaks, *found.values())
    if not found or not drop:
        return replace(rows, leaks=leaks)
    dataset = cast(Dataset, rows.dataset)
    if len(found) == len(dataset):
        raise ValueError(f"{rows.source.title}: every row has a held-out molecule; is it the held-out file itself?")
    kept = dataset.select(np.setdiff1d(np.arange(len(dataset)), list(found)))
    return replace(rows, dataset=kept, leaks=leaks, dropped=rows.dropped + len(found))


def _describe(leaks: list[BadRow], places: dict[str, str]) -> str:
    pairs = [f"{leak.source}, row {leak.row} = {places[leak.value]} ({leak.value})" for leak in leaks[:_NAMED]]
    more = f" and {len(leaks) - _NAMED} more" if len(leaks) > _NAMED else ""
    return (
        f"{len(leaks)} training rows have a held-out molecule: {'; '.join(pairs)}{more}; remove them, or pass "
        'policy="drop" to leave them out, "warn" to keep them'
    )
