"""Opens sources: local files through the readers of `datasets`, saved folders, Hub data sets. Runs no foreign code."""

import csv
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, cast

from datasets import Dataset, DatasetDict, Features, IterableDataset, Value, load_dataset, load_from_disk
from datasets.exceptions import DatasetsError
from pandas.errors import ParserError
from pyarrow import ArrowException

from llamo.data.bad_row import Problem
from llamo.data.choice import Where, choose_rows, stream_rows
from llamo.data.rows import JSON, SourceRows, parse_json
from llamo.data.sources import TASK_PREFIX, DataSource
from llamo.data.unpacking import check_unpacked
from llamo.text_lines import open_text, text_lines, whole_text

# What readers raise for a file that is not what its name says, or is broken.
UNREADABLE = (
    OSError,
    EOFError,
    UnicodeDecodeError,
    MemoryError,
    zlib.error,
    csv.Error,
    ArrowException,
    ParserError,
    DatasetsError,
)
_ENDINGS = (".jsonl", ".json", ".csv", ".parquet")
# Characters of a JSON list, which is read as a whole.
_LONGEST_LIST = 1_000_000_000
# Characters of a header that an error shows.
_SHOWN = 300
_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")
# A saved folder is cut into this many pieces for the workers of a stream.
_STREAM_PIECES = 64


def open_source(source: DataSource) -> SourceRows:
    """Opens a source and chooses its rows.

    Raises:
        ValueError: the path is not there, cannot be read, lacks a column or has no row that `where` lets through.
    """
    if source.path.startswith(TASK_PREFIX):
        from llamo.tasks.training_source import open_task

        return open_task(source)
    try:
        opened = _open(source)
        if isinstance(opened, IterableDataset):
            return SourceRows(source, stream_rows(opened, source))
        chosen = choose_rows(opened, source)
    except UNREADABLE as error:
        raise _unreadable(source, error) from error
    if source.streaming:
        return SourceRows(source, chosen.to_iterable_dataset(num_shards=min(_STREAM_PIECES, len(chosen))))
    return SourceRows(source, chosen)


def open_table(source: DataSource) -> Iterator[tuple[int, dict[str, Any]]]:
    """Opens a source for its rows as they are, whatever columns they have, each with its number.

    `where` and `max_rows` choose, `columns` is not applied; JSON lines come as text in the column `json`.

    Raises:
        ValueError: the path is not there, cannot be read, or lacks a column of `where`.
    """
    try:
        opened = _lines(source) or _open(source)
    except UNREADABLE as error:
        raise _unreadable(source, error) from error
    names = [JSON] if isinstance(opened, map) else opened.column_names or []
    missing = [column for column in source.where if names and names != [JSON] and column not in names]
    if missing:
        raise ValueError(f"{source.path}: no column {missing[0]!r}; there are {', '.join(names)}")
    where = Where(source)
    rows = ((number, record) for number, record in enumerate(readable(cast(Any, opened), source)) if where(record))
    return islice(rows, source.max_rows)


def _lines(source: DataSource) -> map | None:
    """Of JSON lines that pass once, the lines; `datasets` would hold one that never ends in memory."""
    path = None if source.split or not source.streaming else local_path(source)
    if path is None or path.is_dir() or _ending(path) != ".jsonl":
        return None
    return map(lambda line: {JSON: line.rstrip("\n")}, text_lines(path))


def check_readable(source: DataSource):
    """Reads a source from its beginning to its end, to find where it breaks.

    Raises:
        ValueError: there; it names the row.
    """
    for _ in open_table(replace(source, where={}, max_rows=None)):
        pass


def readable(opened: Iterable[dict[str, Any]], source: DataSource) -> Iterator[dict[str, Any]]:
    """The rows of what was opened.

    Raises:
        ValueError: a stream breaks in its midst; it names the row.
    """
    number = 0
    try:
        for record in opened:
            yield record
            number += 1
    except UNREADABLE as error:
        raise ValueError(
            f"{source.path}: cannot be read from row {number} on: {_cause(error)}; the file is damaged, copy it again"
        ) from error


def open_records(source: DataSource) -> Iterator[tuple[int, dict[str, Any]]]:
    """As `open_table`, with JSON lines read into their fields.

    Raises:
        ValueError: the path is not there or cannot be read, or a line is no JSON object.
    """
    for number, record in open_table(source):
        try:
            yield number, parse_json(record[JSON]) if JSON in record else record
        except Problem as problem:
            raise problem.at(source.title, number) from None


def open_rows(rows: Iterable[Mapping[str, Any]], *, label: str = "rows", **settings: Any) -> SourceRows:
    """Rows in memory as a source.

    Args:
        rows: dicts, or anything that yields them, such as a `datasets.Dataset`.
        label: name in reports.
        settings: of `DataSource`.

    Raises:
        ValueError: a row cannot be written as JSON, or a setting is wrong.
    """
    source = DataSource(path=label, label=label, **settings)
    if source.streaming:
        raise ValueError(f"{label}: rows in memory are no stream; leave streaming off")
    texts = []
    for number, row in enumerate(rows):
        try:
            texts.append(json.dumps(dict(row)))
        except TypeError as error:
            raise ValueError(f"{label}, row {number}: {error}; use text, numbers, lists and dicts") from None
    return SourceRows(source, choose_rows(Dataset.from_dict({JSON: texts}), source), in_memory=True)


def local_path(source: DataSource) -> Path | None:
    """The file or folder that a path names, or None for a Hub data set id.

    Raises:
        ValueError: there is no such file, or the path is neither.
    """
    path = Path(source.path).expanduser()
    if path.is_file() or path.is_dir():
        return path
    if path.exists():
        raise ValueError(f"{source.path}: a pipe or device, which can be read only once; save it as a file")
    looks_local = path.is_absolute() or source.path.startswith((".", "~")) or _ending(path) in _ENDINGS
    if looks_local or not _HUB_ID.fullmatch(source.path):
        raise ValueError(
            f"{source.path}: no such file or folder; give a {', '.join(_ENDINGS)} file (also .gz), a saved folder or a "
            "Hub data set id"
        )
    return None


def _ending(path: Path) -> str:
    return Path(path.stem if path.suffix == ".gz" else path.name).suffix.lower()


def _unreadable(source: DataSource, error: Exception) -> ValueError:
    return ValueError(f"{source.path}: cannot be read: {_cause(error)}; check the file, its format and its encoding")


def _cause(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split()) or type(error).__name__


def _open(source: DataSource) -> Dataset | IterableDataset:
    path = local_path(source)
    if path is None:
        return _open_hub(source)
    if source.name or source.revision:
        raise ValueError(f"{source.path}: name and revision are for Hub data sets; this one is local, leave them out")
    if path.is_dir():
        return _open_folder(path, source)
    return _open_file(path, source)


def _open_hub(source: DataSource) -> Dataset | IterableDataset:
    try:
        loaded = load_dataset(
            source.path,
            source.name,
            split=source.split or "train",
            revision=source.revision,
            streaming=source.streaming,
        )
    except (OSError, ValueError, DatasetsError) as error:
        raise ValueError(
            f"{source.path}: neither a local path nor a Hub data set that can be loaded ({_cause(error)}); check the "
            "name and split, and the connection or the local cache"
        ) from error
    return cast(Dataset | IterableDataset, loaded)


def _open_folder(path: Path, source: DataSource) -> Dataset:
    if not any((path / name).is_file() for name in ("state.json", "dataset_dict.json")):
        raise ValueError(f"{source.path}: this folder was not saved by save_to_disk; name a file in it")
    loaded = load_from_disk(str(path))
    if not isinstance(loaded, DatasetDict):
        if source.split not in (None, str(loaded.split)):
            raise ValueError(f"{source.path}: the folder holds one split; leave out split={source.split!r}")
        return loaded
    split = source.split or ("train" if "train" in loaded or len(loaded) > 1 else str(next(iter(loaded))))
    if split not in loaded:
        raise ValueError(f"{source.path}: no split {split!r}; the folder has {', '.join(map(str, loaded))}")
    return loaded[split]


def _open_file(path: Path, source: DataSource) -> Dataset | IterableDataset:
    ending = _ending(path)
    if ending not in _ENDINGS:
        raise ValueError(f"{source.path}: files end in {', '.join(_ENDINGS)} (also .gz); convert it")
    if ending == ".json" and _first_letter(path) == "[":
        return _open_json_list(path, source)
    check_unpacked(path)
    if ending == ".csv":
        return _load("csv", path, source, features=_csv_features(path), na_filter=False, keep_default_na=False)
    if ending == ".parquet":
        return _load("parquet", path, source)
    # Lines stay text until a row is read: the typed JSON reader turns an answer "1.50" into 1.5 where types are mixed.
    return _load("text", path, source, encoding="utf-8-sig").rename_column("text", JSON)


def _load(reader: str, path: Path, source: DataSource, **options: Any) -> Dataset | IterableDataset:
    split = source.split or "train"
    if split.split("[")[0] != "train":
        raise ValueError(f"{source.path}: a file has only the split 'train', got {split!r}; leave it out")
    try:
        loaded = load_dataset(reader, data_files=str(path), split=split, streaming=source.streaming, **options)
    except ValueError as error:
        if "corresponds to no data" not in str(error):
            raise
        raise ValueError(f"{source.path}: no row is in it") from None
    return cast(Dataset | IterableDataset, loaded)


def _first_letter(path: Path) -> str:
    with open_text(path) as file:
        return file.read(4096).lstrip()[:1]


def _open_json_list(path: Path, source: DataSource) -> Dataset:
    if source.split not in (None, "train"):
        raise ValueError(f"{source.path}: a JSON list has only the split 'train', got {source.split!r}; leave it out")
    try:
        rows = json.loads(whole_text(path, most=_LONGEST_LIST))
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{source.path}: no JSON ({error}); correct the file") from None
    return Dataset.from_dict({JSON: [json.dumps(row) for row in rows]})


def _csv_features(path: Path) -> Features:
    """Every column as text.

    Raises:
        ValueError: names are missing or stand twice, or the first row has more fields than names.
    """
    with open_text(path, newline="") as file:
        reader = csv.reader(file)
        header, first = next(reader, []), next(reader, [])
    shown = str(header) if len(str(header)) <= _SHOWN else f"{str(header)[:_SHOWN]}.."
    if any("\0" in name for name in header):
        raise ValueError(f"{path}: the header {shown} is no UTF-8 text; save the file as UTF-8")
    if not header or "" in header or len(set(header)) != len(header):
        raise ValueError(f"{path}: the header {shown} must name each column once; correct the first line")
    if len(first) > len(header):  # the reader would take the first column for an index
        raise ValueError(f"{path}: the first row has {len(first)} fields, the header {len(header)}; quote the commas")
    return Features({name: Value("string") for name in header})
