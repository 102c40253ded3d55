"""The graph of one molecule: categorical features of atoms and bonds, and its functional groups."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from processors.molecule import MoleculeError
from processors.motifs import find_motifs
from processors.structure import UNKNOWN_STEREO, Structure
from processors.vocabulary import ATOM_VOCAB_SIZES, BOND_VOCAB_SIZES, MOTIF_VOCAB_SIZE, NUM_CHIRALITY_TAGS, atom_row

if TYPE_CHECKING:
    from rdkit.Chem import Mol


@dataclass(frozen=True)
class MoleculeGraph:
    """One molecule as the model reads it. N atoms, E directed bonds, M functional groups.

    Attributes:
        node_ids: (N, 9) int64 atom features.
        edge_index: (E, 2) int64 source and target; the two directions of a bond follow each other.
        edge_ids: (E, 3) int64 bond features.
        motif_features: (M, 73) uint8, one count vector per functional group; M = 0 where there is a fall-back.
        smiles: canonical SMILES with stereo, or what else prompts write of the graph; None for a ready-made graph that
            came without.
        motif_fallback: why there are no functional groups, or None.
        node_features: (N, F) float32 continuous numbers of nodes that are no atoms, or None.
        edge_features: (E, F) float32 those of edges, or None.
    """

    node_ids: np.ndarray
    edge_index: np.ndarray
    edge_ids: np.ndarray
    motif_features: np.ndarray
    smiles: str | None
    motif_fallback: str | None
    node_features: np.ndarray | None = None
    edge_features: np.ndarray | None = None


class _Rows(dict[tuple[int, ...], bytes]):
    """Finished int64 feature rows by raw properties: real molecules use few combinations, over and over."""

    def __init__(self, make: Callable[..., tuple[int, ...]]):
        super().__init__()
        self.make = make

    def __missing__(self, properties: tuple[int, ...]) -> bytes:
        row = self[properties] = np.array(self.make(*properties), np.int64).tobytes()
        return row

    def table(self, columns: Iterable[list], width: int) -> np.ndarray:
        """(rows, width) that can be written to: the columns of properties as rows of features."""
        rows = bytearray().join(map(self.__getitem__, zip(*columns, strict=True)))
        return np.frombuffer(rows, np.int64).reshape(-1, width)


def _bond_rows(*indices: int) -> tuple[int, ...]:
    return 2 * indices  # the two directions of a bond


_ATOM_ROWS, _BOND_ROWS = _Rows(atom_row), _Rows(_bond_rows)


def featurize_mol(
    mol: "Mol", *, use_motifs: bool = True, num_chirality_tags: int = NUM_CHIRALITY_TAGS, row: int | None = None
) -> MoleculeGraph:
    """Features of a sanitised molecule in one pass over its atoms and bonds.

    `num_chirality_tags` is the number of rows of the encoder's chirality table, 3, 4 or 5.

    Raises:
        MoleculeError: a bond has a stereo label (atropisomer) that the encoder has no embedding for; a bond or charge
            makes no sense.
    """
    from rdkit import Chem

    smiles = Chem.MolToSmiles(mol)
    structure = Structure(mol, smiles, num_chirality_tags=num_chirality_tags)
    if ":" in smiles or "+" in smiles:
        _check_electrons(mol, smiles, row)
    if UNKNOWN_STEREO in structure.stereo:
        raise _unknown_stereo(mol, structure.stereo.index(UNKNOWN_STEREO), smiles, row)
    motifs, fallback = (
        find_motifs(mol, structure) if use_motifs else (np.zeros((0, MOTIF_VOCAB_SIZE), np.uint8), "motifs are off")
    )
    nodes = _ATOM_ROWS.table(structure.atoms, len(ATOM_VOCAB_SIZES))
    edges = _BOND_ROWS.table((structure.kind, structure.stereo, structure.conjugated), len(BOND_VOCAB_SIZES))
    return MoleculeGraph(nodes, _edge_index(structure), edges, motifs, smiles, fallback)


def _edge_index(structure: Structure) -> np.ndarray:
    begin, end = structure.begin, structure.end
    return np.array((begin, end, end, begin), np.int64).T.reshape(-1, 2)  # both directions of a bond


def _check_electrons(mol: "Mol", smiles: str, row: int | None):
    """Refuses what RDKit lets through, but no features describe: what it says of atoms contradicts the bonds."""
    from rdkit.Chem import BondType

    for atom in mol.GetAtoms():
        number, charge = atom.GetAtomicNum(), atom.GetFormalCharge()
        if charge > number > 0:
            reason = f"atom {atom.GetIdx()} ({atom.GetSymbol()}) has the charge {charge} and {number} electrons"
            raise MoleculeError(smiles, reason, "correct the charge", row)
    for bond in mol.GetBonds():
        flags = bond.GetBeginAtom().GetIsAromatic(), bond.GetEndAtom().GetIsAromatic()
        if bond.GetBondType() == BondType.AROMATIC and not all(flags):
            reason = f"bond {bond.GetIdx()} is aromatic, but its atoms are not"
            raise MoleculeError(smiles, reason, "write it as a single or double bond", row)


def _unknown_stereo(mol: "Mol", index: int, smiles: str, row: int | None) -> MoleculeError:
    label = mol.GetBondWithIdx(index).GetStereo()
    return MoleculeError(
        smiles,
        f"bond {index} has the stereo label {label}, which the encoder has no embedding for",
        "remove the label (bond.SetStereo(Chem.BondStereo.STEREONONE))",
        row,
    )
