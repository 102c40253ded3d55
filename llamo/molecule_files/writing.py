"""Tables of answers as .jsonl, .csv or .parquet, a row at a time. Knows no molecule."""

import csv
import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

ENDINGS = (".jsonl", ".csv", ".parquet")
# Rows of a group of a Parquet file.
_GROUP = 10_000


class Numbers:
    """In a column's types, stands for lists of numbers: Parquet keeps them, CSV has them as JSON."""


class TableWriter(Protocol):
    """What `write_table` does, for a format that it does not know."""

    def __call__(
        self,
        path: Path,
        records: Iterable[Mapping[str, Any]],
        columns: Mapping[str, set[type]],
        *,
        like: Path | None = None,
    ) -> None: ...


def check_writable(path: Path, endings: Sequence[str] = ENDINGS):
    """Raises a ValueError where a table cannot be written to that path by its name."""
    ending = _ending(path)
    if ending not in endings or (path.suffix == ".gz" and ending not in (".jsonl", ".csv")):
        known = f"{', '.join(endings)} (the first two also .gz)"
        raise ValueError(f"{path}: answers are written to {known}; choose one of these endings")
    if not path.parent.is_dir():
        raise ValueError(f"{path}: there is no folder {path.parent}; make it first")


def write_table(
    path: Path, records: Iterable[Mapping[str, Any]], columns: Mapping[str, set[type]], *, like: Path | None = None
):
    """Writes rows.

    Args:
        path: to write.
        records: rows; a column that one lacks is empty there.
        columns: in their order, each with the types of its values, which Parquet's columns follow.
        like: path whose ending says the format, where `path` itself has another.
    """
    ending = _ending(like or path)
    if ending == ".parquet":
        _write_parquet(path, records, columns)
        return
    opener = gzip.open if (like or path).suffix == ".gz" else open
    with opener(path, "wt", encoding="utf-8", newline="") as file:
        if ending == ".jsonl":
            file.writelines(json.dumps(dict(record), ensure_ascii=False) + "\n" for record in records)
        else:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows({name: _flat(value) for name, value in record.items()} for record in records)


def _ending(path: Path) -> str:
    return Path(path.stem if path.suffix == ".gz" else path.name).suffix.lower()


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _write_parquet(path: Path, records: Iterable[Mapping[str, Any]], columns: Mapping[str, set[type]]):
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([(name, _arrow_type(types)) for name, types in columns.items()])
    texts = {name for name in columns if schema.field(name).type == pa.string()}
    rows = iter(records)
    with parquet.ParquetWriter(path, schema) as writer:
        while group := [_as_text(record, texts) for record in islice(rows, _GROUP)]:
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def _arrow_type(types: set[type]) -> Any:
    """Numbers where there is nothing else; what is neither is written as text."""
    import pyarrow as pa

    kinds = types - {type(None)}
    if kinds == {Numbers}:
        return pa.list_(pa.float64())
    if kinds == {bool}:
        return pa.bool_()
    if kinds == {int}:
        return pa.int64()
    return pa.float64() if kinds and kinds <= {int, float} else pa.string()


def _as_text(record: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: str(_flat(value)) if name in names and value is not None else value for name, value in record.items()}
