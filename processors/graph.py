"""The graph of one molecule: categorical features of atoms and bonds, and its functional groups."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from processors.molecule import MoleculeError
from processors.motifs import find_motifs
from processors.vocabulary import (
    MOTIF_VOCAB_SIZE,
    atom_row,
    bond_stereo_table,
    bond_type_table,
    chirality_table,
    hybridisation_table,
)

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
        smiles: canonical SMILES with stereo; None for a ready-made graph that came without.
        motif_fallback: why there are no functional groups, or None.
    """

    node_ids: np.ndarray
    edge_index: np.ndarray
    edge_ids: np.ndarray
    motif_features: np.ndarray
    smiles: str | None
    motif_fallback: str | None


# Finished feature rows by raw properties: real molecules use few combinations, over and over.
_atom_row = cache(atom_row)


def featurize_mol(mol: "Mol", *, use_motifs: bool = True, row: int | None = None) -> MoleculeGraph:
    """Features of a sanitised molecule in one pass over its atoms and bonds.

    Raises:
        MoleculeError: a bond has a stereo label (atropisomer) that the encoder has no embedding for.
    """
    from rdkit import Chem

    smiles = Chem.MolToSmiles(mol)
    edge_index, edge_ids = _edges(mol, smiles, row)
    motifs, fallback = find_motifs(mol) if use_motifs else (np.zeros((0, MOTIF_VOCAB_SIZE), np.uint8), "motifs are off")
    return MoleculeGraph(_nodes(mol), edge_index, edge_ids, motifs, smiles, fallback)


def _nodes(mol: "Mol") -> np.ndarray:
    chirality, hybridisation = chirality_table(), hybridisation_table()
    rows = [
        _atom_row(
            atom.GetAtomicNum(),
            chirality[atom.GetChiralTag()],
            atom.GetTotalDegree(),
            atom.GetFormalCharge(),
            atom.GetTotalNumHs(),
            atom.GetNumRadicalElectrons(),
            hybridisation[atom.GetHybridization()],
            2 * atom.GetIsAromatic() + atom.IsInRing(),
        )
        for atom in list(mol.GetAtoms())
    ]
    return np.array(rows, dtype=np.int64)


def _edges(mol: "Mol", smiles: str, row: int | None) -> tuple[np.ndarray, np.ndarray]:
    types, stereos = bond_type_table(), bond_stereo_table()
    pairs, features = [], []
    for bond in list(mol.GetBonds()):
        stereo = stereos.get(bond.GetStereo())
        if stereo is None:
            raise MoleculeError(
                smiles,
                f"bond {bond.GetIdx()} has the stereo label {bond.GetStereo()}, which the encoder has no embedding for",
                "remove the label (bond.SetStereo(Chem.BondStereo.STEREONONE))",
                row,
            )
        begin, end = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        feature = (types[bond.GetBondType()], stereo, int(bond.GetIsConjugated()))
        pairs += ((begin, end), (end, begin))
        features += (feature, feature)
    edge_index = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return edge_index, np.array(features, dtype=np.int64).reshape(-1, 3)
