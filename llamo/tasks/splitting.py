"""Which part of a data set a molecule belongs to: by a hash of its structure, whatever the order of rows.

80 % train, 10 % validation, 10 % test. These are our splits, not MoleculeNet's.
"""

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rdkit.Chem import Mol

# Structures and scaffolds that are remembered: a whole data set, so that its other parts cost nothing.
_KNOWN = 200_000

Part = Literal["train", "validation", "test"]


def part_of(key: str) -> Part:
    """The part of everything that has this key."""
    percentile = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % 100
    return "train" if percentile < 80 else "validation" if percentile < 90 else "test"


@lru_cache(maxsize=4096)
def read_molecule(smiles: str) -> "Mol":
    """A molecule; those read last are kept, for rows that ask several questions about one.

    Raises:
        MoleculeError: it cannot be read.
    """
    from processors.molecule import parse

    return parse(smiles)


@lru_cache(maxsize=_KNOWN)
def structure_key(smiles: str) -> str:
    """Canonical SMILES without stereo and isotopes, which stereoisomers share.

    Raises:
        MoleculeError: the molecule cannot be read.
    """
    from rdkit import Chem

    from processors.molecule import flat_structure

    mol = Chem.Mol(read_molecule(smiles))
    if any(atom.GetAtomicNum() == 1 for atom in mol.GetAtoms()):
        return flat_structure(mol)  # a hydrogen may be written for its isotope alone
    Chem.RemoveStereochemistry(mol)
    for atom in mol.GetAtoms():
        atom.SetIsotope(0)
    return Chem.MolToSmiles(mol)  # the same as `flat`, in less than half the time


@lru_cache(maxsize=_KNOWN)
def scaffold_key(smiles: str) -> str:
    """The Murcko scaffold (rings and what joins them) of the molecule; without rings, its structure.

    Bemis and Murcko 1996, https://doi.org/10.1021/jm9602928.

    Raises:
        MoleculeError: the molecule cannot be read.
    """
    from rdkit.Chem.Scaffolds import MurckoScaffold

    from processors.molecule import muted_rdkit

    structure = structure_key(smiles)
    with muted_rdkit():
        return MurckoScaffold.MurckoScaffoldSmiles(smiles=structure) or structure
