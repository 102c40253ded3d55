"""Where the rows of a task's split are: a file that was named, a file in the data folder, or the Hub."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from llamo.data.sources import DataSource
from llamo.tasks.task import Split, Task

# The data folder where none is named.
FOLDER_VARIABLE = "LLAMO_DATA"
_PLAIN = {"smiles", "target"}


@dataclass(frozen=True)
class Opened:
    """Rows of one source.

    Attributes:
        source: how they are read.
        rows: as they are, each with its number.
        is_plain: the columns are `smiles` and `target`, not the task's.
    """

    source: DataSource
    rows: Iterator[tuple[int, Mapping[str, Any]]]
    is_plain: bool = False

    def named(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """A row with our names of columns beside the source's.

        Raises:
            Problem: it is a line that is no JSON object.
        """
        from llamo.data.rows import JSON, parse_json

        row = parse_json(record[JSON]) if JSON in record else record
        row = {**row, **{ours: row[theirs] for ours, theirs in self.source.columns.items() if theirs and theirs in row}}
        if self.source.undo_doubled_backslashes and isinstance(row.get("smiles"), str):
            row["smiles"] = row["smiles"].replace("\\\\", "\\")
        return row


def open_split(task: Task, name: str, *, data_folder: str | Path | None) -> list[Opened]:
    """The rows of a split: out of the data folder if they are there, or else from the Hub.

    Raises:
        ValueError: there is no such split, or its data are nowhere.
    """
    split = split_of(task, name)
    sources, tried = _local_sources(split, data_folder)
    if sources:
        return [_open(source) for source in sources]
    if split.hub is not None:
        try:
            return [_open(split.hub)]
        except ValueError as error:
            tried += f", and {error}"
    else:
        tried += ", and it is not on the Hub in a form that can be read"
    files = ", ".join(Path(source.path).name for source in _all_local(split))
    remedy = f", or put {files} into a folder that --data-folder or {FOLDER_VARIABLE} names" if files else ""
    raise ValueError(f"{task.name}, split {name}: no data: {tried}; give a file of questions (--data){remedy}")


def split_of(task: Task, name: str) -> Split:
    """A split by name.

    Raises:
        ValueError: the task has no such split.
    """
    if name not in task.splits:
        raise ValueError(f"{task.name}: no split {name!r}; it has {', '.join(task.splits)}")
    return task.splits[name]


def open_data_file(task: Task, path: str | Path) -> Opened:
    """All rows of a file with the task's columns, or with the plain columns `smiles` and `target`.

    Raises:
        ValueError: the file cannot be read, is empty, or has other columns.
    """
    opened = _open(DataSource(path=str(Path(path).expanduser()), label=Path(path).name))
    first = next(opened.rows, None)
    if first is None:
        raise ValueError(f"{path}: no row is in it")
    opened = replace(opened, rows=chain([first], opened.rows))
    try:
        columns = set(opened.named(first[1]))
    except ValueError as problem:
        raise ValueError(f"{path}, row {first[0]}: {problem}") from None
    if columns >= _PLAIN:
        return replace(opened, is_plain=True)
    return replace(opened, source=replace(_alike(task, columns, path), path=opened.source.path, label=Path(path).name))


def _alike(task: Task, columns: set[str], path: str | Path) -> DataSource:
    """The task's source that has such columns, for their names."""
    known = [source for split in task.splits.values() for source in (split.hub, *_all_local(split)) if source]
    fitting = [source for source in known if _mapped(source) <= columns]
    if not fitting and "smiles" in columns:
        return DataSource(path="rows")
    if not fitting:
        wanted = sorted({", ".join(sorted(_mapped(source))) for source in known} | {"smiles, target"})
        raise ValueError(f"{path}: has columns {', '.join(sorted(columns))}; {task.name} needs {' or '.join(wanted)}")
    return fitting[0]


def _mapped(source: DataSource) -> set[str]:
    return {theirs for theirs in source.columns.values() if theirs is not None}


def _all_local(split: Split) -> tuple[DataSource, ...]:
    if split.local is None:
        return ()
    return (split.local,) if isinstance(split.local, DataSource) else split.local


def _local_sources(split: Split, data_folder: str | Path | None) -> tuple[list[DataSource], str]:
    """The files of a split, if all of them are there, or what was tried."""
    named = data_folder or os.environ.get(FOLDER_VARIABLE)
    if not named:
        return [], "no data folder is named"
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise ValueError(f"data folder {folder}: no such folder; correct --data-folder or {FOLDER_VARIABLE}")
    sources = [replace(one, path=str(folder / one.path), label=one.title) for one in _all_local(split)]
    missing = [Path(source.path).name for source in sources if not Path(source.path).exists()]
    if missing:
        return [], f"{folder} has no {', '.join(missing)}"
    return sources, "" if sources else "no local file is known"


def _open(source: DataSource) -> Opened:
    from llamo.data.reading import open_table

    return Opened(source, open_table(source))
