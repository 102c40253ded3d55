"""The canonical structure of every molecule of a source, computed once. Knows RDKit, no tokenizer."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from datasets import Dataset, Features, List, Value

from llamo.data.bad_row import BadRow, Problem, RowError
from llamo.data.cache import key_of, map_once
from llamo.data.rows import RowReader, SourceRows, records
from llamo.data.schema import molecules_in
from processors import MoleculeError
from processors.molecule import flat_structure, parse

if TYPE_CHECKING:
    from rdkit.Chem import Mol

# Canonical SMILES with and without stereo, or what is wrong with the row (JSON).
_FEATURES = Features({"structures": List(Value("string")), "flat": List(Value("string")), "bad": Value("string")})


@dataclass(frozen=True)
class Canonicaliser:
    """Rows -> structures, for `map`.

    Attributes:
        reader: of the source.
        max_atoms: larger molecules are bad.
    """

    reader: RowReader
    max_atoms: int | None = None

    def __call__(self, batch: dict[str, list]) -> dict[str, list]:
        rows = [self._row(record) for record in records(batch)]
        return {name: [row[name] for row in rows] for name in _FEATURES}

    def _row(self, record: dict[str, Any]) -> dict[str, Any]:
        try:
            messages = self.reader.messages(record)
            mols = [parse(molecule, max_atoms=self.max_atoms) for molecule in molecules_in(messages)]
        except RowError as error:
            return _bad(error)
        except MoleculeError as error:
            return _bad(molecule_problem(error).at(self.reader.title, record["row"]))
        return {
            "structures": [canonical(mol) for mol in mols],
            "flat": [flat_structure(mol) for mol in mols],
            "bad": None,
        }


def structures_of(
    rows: SourceRows,
    *,
    max_atoms: int | None = None,
    seed: int = 0,
    num_proc: int | None = None,
    cache_dir: str | Path | None = None,
    overwrite_cache: bool = False,
) -> Dataset:
    """Columns `structures`, `flat` (without stereo and isotopes) and `bad`, one row for each of the source."""
    reader = RowReader.of(rows.source, seed=seed)
    return map_once(
        cast(Dataset, rows.dataset),
        Canonicaliser(reader, max_atoms),
        key=key_of("structures", reader.settings(), max_atoms),
        features=_FEATURES,
        desc=f"structures of {reader.title}",
        num_proc=num_proc,
        cache_dir=cache_dir,
        overwrite_cache=overwrite_cache,
    )


def canonical(mol: "Mol") -> str:
    """Canonical SMILES with stereo and isotopes."""
    from rdkit import Chem

    return Chem.MolToSmiles(mol)


def structures_in(messages: list[dict[str, Any]], *, ignore_stereo: bool) -> set[str]:
    """Structures of one conversation.

    Raises:
        MoleculeError: a molecule cannot be read.
    """
    form = flat_structure if ignore_stereo else canonical
    return {form(parse(molecule)) for molecule in molecules_in(messages)}


def molecule_problem(error: MoleculeError) -> Problem:
    """A molecule that cannot be read, as what is wrong with its row."""
    return Problem("molecule", error.reason, error.remedy, error.value)


def bad_rows_of(column: Iterable[str | None]) -> Iterator[tuple[int, BadRow]]:
    """Positions and records of the rows that a `bad` column marks."""
    for position, text in enumerate(column):
        if text is not None:
            yield position, BadRow(**json.loads(text))


def _bad(error: RowError) -> dict[str, Any]:
    return {"structures": None, "flat": None, "bad": json.dumps(error.bad.to_dict())}
