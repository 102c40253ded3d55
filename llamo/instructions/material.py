"""What a conversation is written from: a molecule with its description, name and properties. Knows files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from llamo.checking.conversation import Context
from llamo.data.bad_row import BadRow, Problem
from llamo.data.structures import molecule_problem
from processors import MoleculeError
from processors.molecule import parse


@dataclass(frozen=True)
class Material:
    """Of one conversation.

    Attributes:
        row: number in its file, from 0.
        smiles: of the molecule.
        context: what is known about it.
    """

    row: int
    smiles: str
    context: Context


@dataclass(frozen=True)
class Columns:
    """Names of columns.

    Attributes:
        smiles: of the molecule.
        description: text about it.
        iupac: its name; None where there is none.
        properties: of values, which are given by these names.
    """

    smiles: str = "smiles"
    description: str = "description"
    iupac: str | None = None
    properties: Sequence[str] = ()


def read_material(path: Path, columns: Columns, *, limit: int | None = None) -> tuple[list[Material], list[BadRow]]:
    """Rows to write conversations from, and rows that are no good.

    Args:
        path: a .csv, .jsonl or .parquet file, also .gz.
        columns: of it.
        limit: the first rows only.

    Raises:
        ValueError: the file cannot be read, lacks a column, or has no good row.
    """
    from llamo.data.reading import open_records
    from llamo.data.sources import DataSource

    source = DataSource(str(path), max_rows=limit)
    found, bad = [], []
    for number, record in open_records(source):
        _check_columns(path, record, columns)
        try:
            found.append(_material(number, record, columns))
        except Problem as problem:
            bad.append(problem.at(source.title, number).bad)
    if not found:
        raise ValueError(f"{path}: no row can be used; the first: {bad[0]}" if bad else f"{path}: no row is in it")
    return found, bad


def _check_columns(path: Path, record: Mapping[str, object], columns: Columns):
    wanted = [columns.smiles, columns.description, *([columns.iupac] if columns.iupac else []), *columns.properties]
    missing = [name for name in wanted if name not in record]
    if missing:
        raise ValueError(f"{path}: no column {missing[0]!r}; there are {', '.join(record)}; name yours by an option")


def _material(number: int, record: Mapping[str, object], columns: Columns) -> Material:
    smiles = str(record[columns.smiles] or "").replace("\\\\", "\\")
    description = " ".join(str(record[columns.description] or "").split())
    if not description:
        raise Problem("schema", "there is no description", "fill it, or remove the row", record[columns.description])
    try:
        parse(smiles)
    except MoleculeError as error:
        raise molecule_problem(error) from None
    name = str(record[columns.iupac] or "") if columns.iupac else ""
    values = {one: str(record[one]) for one in columns.properties if record[one] not in (None, "")}
    return Material(number, smiles, Context(description, " ".join(name.split()), values))
