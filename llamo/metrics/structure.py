"""Answers and references as molecules. Knows RDKit, no metric.

A text is a molecule where RDKit reads all of it and finds an atom. So an empty text is none, though RDKit makes a
molecule without atoms of it; nor is a SMILES with words behind it or letters outside ASCII, though RDKit drops those.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from processors.molecule import MoleculeError, muted_rdkit, parse

if TYPE_CHECKING:
    from rdkit.Chem import Mol


def read_molecules(texts: Iterable[str]) -> dict[str, "Mol"]:
    """Molecules by text; texts that are none are not in it. Each text is read once."""
    read = {text: _read(text) for text in dict.fromkeys(texts)}
    return {text: mol for text, mol in read.items() if mol is not None}


def _read(text: str) -> "Mol | None":
    try:
        return parse(text)
    except MoleculeError:
        return None


def canonical_forms(molecules: dict[str, "Mol"]) -> dict[str, str]:
    """Canonical SMILES by text, with stereo and isotopes."""
    from llamo.data.structures import canonical

    return {text: canonical(mol) for text, mol in molecules.items()}


def flat_forms(molecules: dict[str, "Mol"]) -> dict[str, str]:
    """Canonical SMILES by text, without stereo and isotopes."""
    from processors.molecule import flat_structure

    with muted_rdkit():
        return {text: flat_structure(mol) for text, mol in molecules.items()}


def inchis(molecules: dict[str, "Mol"]) -> dict[str, str]:
    """Standard InChI by text; the canonical SMILES where InChI has none, as for `*` and over 1,023 atoms."""
    from rdkit import Chem

    with muted_rdkit():
        return {text: Chem.MolToInchi(mol) or Chem.MolToSmiles(mol) for text, mol in molecules.items()}


def same(forms: dict[str, str], predictions: Sequence[str], references: Sequence[str]) -> np.ndarray:
    """1 where both have one and the same form, else 0; NaN where the reference has none."""
    pairs = zip(predictions, references, strict=True)
    return np.array([float(forms.get(given) == forms[true]) if true in forms else np.nan for given, true in pairs])
