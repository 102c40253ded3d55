"""What a text means: SMILES, mol block, a name of the demo's list, or an IUPAC name (OPSIN). Many at a time."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache

from llamo.molecule_files.row import MoleculeRow, RawRow
from processors.molecule import MoleculeError, parse

# Shorter words, such as "Na" or "cc", are broken SMILES rather than names.
_WORD = re.compile(r"[A-Za-z]{3}")


def read_molecule(text: str) -> str:
    """The SMILES that a text means.

    Raises:
        ValueError: it is neither a molecule nor a known name; OPSIN's absence is part of the reason.
    """
    (row,) = read_rows([RawRow(0, text)])
    if row.error:
        raise ValueError(row.error)
    return row.smiles


def read_rows(rows: Sequence[RawRow]) -> list[MoleculeRow]:
    """Rows with their molecules, or with the reason why there is none. One run of OPSIN for all names."""
    read, refused = {}, {}
    for row in rows:
        if row.error:
            continue
        try:
            read[row.text] = _smiles(row.text)
        except MoleculeError as error:
            refused[row.text] = str(error)
    found, remark = _by_name([text for text in refused if _WORD.search(text) and "\n" not in text])
    read |= found
    return [
        MoleculeRow(
            row.number,
            "" if row.error else read.get(row.text, ""),
            row.columns,
            row.error or ("" if row.text in read else refused[row.text] + remark.get(row.text, "")),
        )
        for row in rows
    ]


def _smiles(text: str) -> str:
    from rdkit import Chem

    mol = parse(text.strip() if "\n" not in text else text)
    return Chem.MolToSmiles(mol) if "\n" in text else text.strip()


def _by_name(names: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """SMILES by name, and for the others what is to be said of the search."""
    found = {name: known for name in names if (known := well_known(name))}
    left = [name for name in names if name not in found]
    if not left:
        return found, {}
    from llamo.metrics.opsin import Opsin

    try:
        found |= Opsin.find().read(left)
    except (ValueError, RuntimeError) as error:
        return found, {
            name: f"; nor is it a well-known name{_meant(name)}, and as an IUPAC name: {error}" for name in left
        }
    return found, {name: f"; nor is it a name that OPSIN or the demo's list knows{_meant(name)}" for name in left}


def well_known(name: str) -> str | None:
    """The SMILES that the demo's list has for a name, in any letter case."""
    return _names().get(" ".join(name.lower().split()))


def _meant(name: str) -> str:
    near = get_close_matches(name.lower(), _names(), n=1, cutoff=0.8)
    return f" (did you mean {near[0]}?)" if near else ""


@cache
def _names() -> dict[str, str]:
    from llamo.demo.molecules import read_molecules

    return {molecule.name.lower(): molecule.smiles for molecule in read_molecules()}
