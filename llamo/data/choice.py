"""Which rows of an opened source are taken, and which of their columns. Numbers rows before it leaves any out."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, cast

import numpy as np
from datasets import Dataset, IterableDataset
from transformers.utils import logging

from llamo.data.bad_row import Problem
from llamo.data.rows import JSON, NUMBER, parse_json
from llamo.data.schema import COLUMNS, rename
from llamo.data.sources import DataSource

logger = logging.get_logger(__name__)

# JSON rows that are looked at for the names of columns.
_PROBED = 100


class Where:
    """Says whether a row is wanted: importable, so that streams can send it to workers.

    Args:
        source: whose `where` is asked.
    """

    def __init__(self, source: DataSource):
        self.allowed = {column: source.allowed(column) for column in source.where}

    def __call__(self, record: Mapping[str, Any]) -> bool:
        if JSON in record:
            if not record[JSON].strip():
                return False
            try:
                record = parse_json(record[JSON])
            except Problem:
                return True  # to be reported, not passed over
        return all(_as_text(record.get(column)) in values for column, values in self.allowed.items())


def choose_rows(dataset: Dataset, source: DataSource) -> Dataset:
    """Rows of a map-style source that `where` and `max_rows` let through, with their numbers.

    Raises:
        ValueError: a column is missing, or no row is left.
    """
    names = _used_columns(dataset.column_names, islice(_each(dataset), _PROBED), source)
    wanted = _wanted(dataset, source)
    if not len(wanted):
        raise ValueError(f"{source.path}: no row is left of {len(dataset)}{_found_instead(dataset, source)}")
    _warn_of_unused(dataset, source)
    numbered = dataset.select_columns(names).add_column(NUMBER, np.arange(len(dataset)))
    return numbered if len(wanted) == len(dataset) else numbered.select(wanted)


def stream_rows(dataset: IterableDataset, source: DataSource) -> IterableDataset:
    """The same for a stream. With several files and workers, rows are numbered within what one worker reads.

    Raises:
        ValueError: a column is missing, or the stream is empty.
    """
    first = list(dataset.take(_PROBED if dataset.column_names == [JSON] else 1))
    if not first:
        raise ValueError(f"{source.path}: no row is in it")
    names = _used_columns(list(first[0]), first, source)
    stream = dataset.map(_number, with_indices=True).filter(Where(source)).select_columns([*names, NUMBER])
    return stream if source.max_rows is None else stream.take(source.max_rows)


def _each(dataset: Dataset) -> Iterator[dict[str, Any]]:
    return iter(cast(Any, dataset))


def _number(record: dict[str, Any], index: int) -> dict[str, Any]:
    return {**record, NUMBER: index}


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def _used_columns(names: list[str], first: Iterable[Mapping[str, Any]], source: DataSource) -> list[str]:
    """Names of the columns to keep, after a check that they are there."""
    if names == [JSON]:
        _check_columns(_names_in_json(first), source)
        return [JSON]
    _check_columns(names, source)
    if NUMBER in source.columns.values():
        raise ValueError(f"{source.path}: a mapped column is named {NUMBER!r}, which is taken; rename it")
    taken = {*source.columns, *source.columns.values()}
    own = [name for name in COLUMNS if name in names and name not in taken]
    return own + [theirs for theirs in source.columns.values() if theirs is not None]


def _names_in_json(first: Iterable[Mapping[str, Any]]) -> list[str]:
    names: dict[str, None] = {}
    for record in first:
        try:
            names |= dict.fromkeys(parse_json(record[JSON]))
        except Problem:
            continue
    return list(names)


def _check_columns(names: list[str], source: DataSource):
    if not names:
        return  # nothing readable: the rows say so themselves
    for theirs in [*source.columns.values(), *source.where]:
        if theirs is not None and theirs not in names:
            raise ValueError(f"{source.path}: no column {theirs!r}; there are {', '.join(names)}")
    ours = rename(dict.fromkeys(names), source.columns)
    if "messages" in ours:
        return
    missing = [name for name in ("instruction", "output") if name not in ours]
    if source.instruction is not None:
        missing = [name for name in missing if name != "instruction"]
    if missing:
        raise ValueError(
            f"{source.path}: no column for {' and '.join(missing)}; there are {', '.join(names)}; name them in "
            '`columns` (such as {"output": "description"}) or give `instruction`'
        )


def _wanted(dataset: Dataset, source: DataSource) -> np.ndarray:
    """Positions of the rows that are taken."""
    if not source.where and dataset.column_names != [JSON]:
        return np.arange(len(dataset))[: source.max_rows]
    where = Where(source)
    looked_at = dataset if dataset.column_names == [JSON] else dataset.select_columns(list(source.where))
    found = (position for position, record in enumerate(_each(looked_at)) if where(record))
    return np.fromiter(islice(found, source.max_rows), dtype=np.int64)


def _values(dataset: Dataset, column: str) -> list[str | None]:
    return list(dict.fromkeys(_as_text(value) for value in dataset[column]))


def _found_instead(dataset: Dataset, source: DataSource) -> str:
    if not source.where or dataset.column_names == [JSON]:
        return f"; `where` is {dict(source.where)}" if source.where else "; the source is empty"
    found = {column: _values(dataset, column)[:5] for column in source.where}
    return f"; `where` is {dict(source.where)}, values begin {found}"


def _warn_of_unused(dataset: Dataset, source: DataSource):
    if dataset.column_names == [JSON]:
        return
    for column in source.where:
        unused = source.allowed(column) - set(_values(dataset, column))
        if unused:
            logger.warning(f"{source.path}: no row has {sorted(map(str, unused))} in {column!r}, which `where` allows")
