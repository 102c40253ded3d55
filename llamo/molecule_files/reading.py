"""Rows of molecule files, arguments and stdin, read one after the other. Says what stands there, reads no structure."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from llamo.molecule_files.row import RawRow
from llamo.text_lines import LONGEST, text_lines

TABLES = (".csv", ".jsonl", ".json", ".parquet")
ENDINGS = (*TABLES, ".smi", ".sdf")
# Columns that hold molecules, in the order in which they are looked for; letter case is ignored.
COLUMNS = ("smiles", "canonical_smiles", "isosmiles", "structure", "molecule", "iupac", "name")
# A data item of an SDF record: its name, then lines up to an empty one.
_ITEM = re.compile(r"^>[^\n]*<([^>\n]+)>[^\n]*\n(.*?)(?:\n[ \t]*(?=\n)|\Z)", re.MULTILINE | re.DOTALL)


def read_texts(texts: Iterable[str]) -> Iterator[RawRow]:
    """Arguments, or lines of stdin; empty ones are no rows."""
    full = (text.strip() for text in texts if text.strip())
    return (RawRow(number, text) for number, text in enumerate(full))


def read_file(path: Path, *, column: str | None = None) -> Iterator[RawRow]:
    """Rows of a file, never all of them in memory (but a .json that is one list).

    Args:
        path: ends in .csv, .jsonl, .json, .parquet (tables), .smi (SMILES and perhaps a name per line; empty lines are
            no rows) or .sdf (title and data items become columns); each may be followed by .gz.
        column: of a table, with the molecules; default the first of `COLUMNS` that is there.

    Raises:
        ValueError: no such file, another ending, or no such column. A row that is broken is a row with an error.
    """
    ending = Path(path.stem if path.suffix == ".gz" else path.name).suffix.lower()
    if ending not in ENDINGS:
        raise ValueError(f"{path}: files of molecules end in {', '.join(ENDINGS)} (also .gz); convert it")
    if not path.is_file():
        raise ValueError(f"{path}: no such file; give one that ends in {', '.join(ENDINGS)} (also .gz)")
    if ending in TABLES:
        return _read_table(path, column)
    if column is not None:
        raise ValueError(f"{path}: a {ending} file has no column to choose; leave out {column!r}")
    return _read_sdf(path) if ending == ".sdf" else _read_smi(path)


def _read_table(path: Path, column: str | None) -> Iterator[RawRow]:
    from llamo.data.bad_row import Problem
    from llamo.data.reading import open_table
    from llamo.data.rows import JSON, parse_json
    from llamo.data.sources import DataSource

    for number, record in open_table(DataSource(path=str(path), streaming=True)):
        try:
            record = dict(parse_json(record[JSON]) if list(record) == [JSON] else record)
        except Problem as problem:
            yield RawRow(number, error=str(problem))
            continue
        column = column or _molecule_column(path, record)
        yield _table_row(path, number, record, column)


def _table_row(path: Path, number: int, record: dict[str, Any], column: str) -> RawRow:
    if column not in record and number == 0:
        raise ValueError(f"{path}: no column {column!r}; there are {', '.join(record)}")
    text = record.get(column)
    if not isinstance(text, str):
        return RawRow(number, columns=record, error=f"no text is in column {column!r}")
    return RawRow(number, text, record)


def _molecule_column(path: Path, record: dict[str, Any]) -> str:
    lower = {name.lower(): name for name in reversed(record)}
    for name in COLUMNS:
        if name in lower:
            return lower[name]
    raise ValueError(f"{path}: which column holds the molecules? there are {', '.join(record)}; name one by --column")


def _read_smi(path: Path) -> Iterator[RawRow]:
    lines = (line.strip() for line in text_lines(path, errors="replace") if line.strip())
    for number, line in enumerate(lines):
        if len(line) > LONGEST:
            yield RawRow(number, error=f"the line is longer than {LONGEST:,} characters")
            continue
        smiles, _, name = line.replace("\t", " ").partition(" ")
        yield RawRow(number, smiles, {"smiles": smiles, "name": name.strip()})


def _read_sdf(path: Path) -> Iterator[RawRow]:
    """Records are cut here since RDKit's suppliers drop the title and data of a molecule that they cannot read."""
    for number, record in enumerate(_sdf_records(text_lines(path, errors="replace"))):
        if len(record) > LONGEST:
            yield RawRow(number, error=f"the record is longer than {LONGEST:,} characters")
            continue
        block, end, data = record.partition("\nM  END")
        columns = {name: value.strip() for name, value in _ITEM.findall(data)}
        columns = {"name": block.split("\n", 1)[0].strip(), **columns}
        if end:
            yield RawRow(number, f"{block}{end}\n", columns)
        else:  # charges and isotopes stand last in a block: without them it may read as another molecule
            yield RawRow(number, columns=columns, error="the record has no line 'M  END'; is the file cut off?")


def _sdf_records(file: Iterable[str]) -> Iterator[str]:
    """Records, of those that are too long the beginning."""
    lines, length = list[str](), 0
    for line in file:
        if line.startswith("$$$$"):
            yield "".join(lines)
            lines, length = [], 0
        elif length <= LONGEST:
            lines.append(line)
            length += len(line)
    if any(line.strip() for line in lines):
        yield "".join(lines)
