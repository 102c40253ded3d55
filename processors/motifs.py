"""Functional groups (motifs) of a molecule and the 73 numbers that describe each.

Motifs of LLaMo (arXiv 2411.00871, section 3.2) as its released code defines them, found without SMARTS: one pass over
atoms and bonds, union-find for chains, bit masks for rings. Read from the molecule parsed from the canonical SMILES.
"""

from typing import TYPE_CHECKING

import numpy as np

from processors.molecule import muted_rdkit
from processors.vocabulary import MOTIF_VOCAB_SIZE, bond_stereo_table

if TYPE_CHECKING:
    from rdkit.Chem import Mol

# Count columns: first column and highest count ("0..k, capped", a one-hot of k + 1 columns).
_ELEMENT_COLUMNS = {6: (0, 10), 8: (11, 5), 7: (17, 5), 15: (23, 5), 16: (29, 5)}
_BOND_COLUMNS = {1: (37, 10), 2: (48, 7), 3: (56, 7), 12: (64, 7)}  # keyed by int(BondType)
_HALOGEN_COLUMN, _OTHER_COLUMN, _RING_COLUMN = 35, 36, 72
_HALOGENS = {9, 17, 35, 53}
_MAX_NEIGHBOURS = 10
_SINGLE, _AROMATIC = 1, 12


def find_motifs(mol: "Mol") -> tuple[np.ndarray, str | None]:
    """Motif rows of a sanitised molecule.

    Returns:
        (M, 73) uint8, and None; or no rows and the reason (a fall-back: the model then uses its motif queries as
        they are).
    """
    from rdkit import Chem

    if mol.GetNumAtoms() != mol.GetNumHeavyAtoms():
        # Hydrogens written as atoms vanish from the canonical SMILES without isotopes.
        with muted_rdkit():
            mol = Chem.MolFromSmiles(Chem.MolToSmiles(mol, isomericSmiles=False))
        if mol is None:
            return _nothing("canonical SMILES cannot be parsed again")
    structure = _Structure(mol)
    if structure.fallback:
        return _nothing(structure.fallback)
    motifs = _chain_motifs(structure) + _ring_motifs(mol)
    if not motifs:
        return _nothing("no motif found")
    return np.array([_describe(motif, structure) for motif in motifs], dtype=np.uint8), None


def _nothing(reason: str) -> tuple[np.ndarray, str]:
    return np.zeros((0, MOTIF_VOCAB_SIZE), np.uint8), reason


class _Structure:
    """What the motif rules ask of a molecule, read once."""

    def __init__(self, mol: "Mol"):
        self.atoms, bonds = list(mol.GetAtoms()), list(mol.GetBonds())  # RDKit's own sequences are slow to walk twice
        self.numbers = [atom.GetAtomicNum() for atom in self.atoms]
        self.in_ring = [atom.IsInRing() for atom in self.atoms]
        self.bonds = [
            (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx(), int(bond.GetBondType()), bond.IsInRing()) for bond in bonds
        ]
        self.bonds_from: list[list[tuple[int, int, bool]]] = [[] for _ in self.numbers]
        for begin, end, kind, in_ring in self.bonds:
            self.bonds_from[begin].append((end, kind, in_ring))
        self.fallback = self._fallback(bonds)
        self.functional = self._functional_atoms()

    def _fallback(self, bonds: list) -> str | None:
        stereos = bond_stereo_table()
        if any(kind not in _BOND_COLUMNS for _, _, kind, _ in self.bonds):
            return "a bond is not single, double, triple or aromatic"
        if any(bond.GetStereo() not in stereos for bond in bonds):
            return "a bond has an unknown stereo label"
        if any(atom.GetDegree() > _MAX_NEIGHBOURS for atom in self.atoms):
            return f"an atom has more than {_MAX_NEIGHBOURS} neighbours"
        return None

    def _functional_atoms(self) -> list[bool]:
        """Non-carbons, ends of double and triple bonds, and acetal-type carbons."""
        functional = [number != 6 for number in self.numbers]
        hetero = [0] * len(functional)  # aliphatic O, N, S neighbours over single bonds
        aliphatic = [
            number in (7, 8, 16) and not atom.GetIsAromatic()
            for number, atom in zip(self.numbers, self.atoms, strict=True)
        ]
        for begin, end, kind, _ in self.bonds:
            if kind in (2, 3):
                functional[begin] = functional[end] = True
            elif kind == _SINGLE:
                hetero[begin] += aliphatic[end]
                hetero[end] += aliphatic[begin]
        for index, count in enumerate(hetero):
            if count >= 2 and self.numbers[index] == 6 and self.atoms[index].GetTotalDegree() == 4:
                functional[index] = functional[index] or not self.atoms[index].GetIsAromatic()
        return functional


def _chain_motifs(structure: _Structure) -> list[int]:
    """Functional atoms joined over non-ring bonds, their surroundings, and plain C-C pairs; as bit masks of atoms."""
    functional, parent = structure.functional, list(range(len(structure.numbers)))

    def root(atom: int) -> int:
        while parent[atom] != atom:
            parent[atom] = parent[parent[atom]]
            atom = parent[atom]
        return atom

    open_bonds = [(begin, end) for begin, end, _, in_ring in structure.bonds if not in_ring]
    for begin, end in open_bonds:
        if functional[begin] and functional[end]:
            parent[root(begin)] = root(end)
    groups: dict[int, int] = {}
    for atom, is_functional in enumerate(functional):
        if is_functional:
            groups[root(atom)] = groups.get(root(atom), 0) | 1 << atom
    pairs = []
    for begin, end in open_bonds:
        if functional[begin] != functional[end]:
            inner, outer = (begin, end) if functional[begin] else (end, begin)
            groups[root(inner)] |= 1 << outer
        elif not functional[begin]:
            pairs.append(1 << begin | 1 << end)
    lone_in_ring = {1 << atom for atom, in_ring in enumerate(structure.in_ring) if in_ring}
    return [mask for mask in groups.values() if mask not in lone_in_ring] + pairs


def _ring_motifs(mol: "Mol") -> list[int]:
    """Smallest rings, united as long as two share more than two atoms (bridged systems); as bit masks of atoms."""
    from rdkit import Chem

    rings: list[int] = []
    for ring in Chem.GetSymmSSSR(mol):
        mask = 0
        for atom in ring:
            mask |= 1 << atom
        while True:
            bridged = next((other for other in rings if (other & mask).bit_count() > 2), None)
            if bridged is None:
                break
            rings.remove(bridged)
            mask |= bridged
        rings.append(mask)
    return rings


def _describe(motif: int, structure: _Structure) -> list[int]:
    """The 73 numbers of one motif."""
    counts = dict.fromkeys(_ELEMENT_COLUMNS, 0)
    bonds = dict.fromkeys(_BOND_COLUMNS, 0)
    row = [0] * MOTIF_VOCAB_SIZE
    rest = motif
    while rest:
        atom = (rest & -rest).bit_length() - 1
        rest &= rest - 1
        number = structure.numbers[atom]
        if number in counts:
            counts[number] += 1
        else:
            row[_HALOGEN_COLUMN if number in _HALOGENS else _OTHER_COLUMN] = 1
        for end, kind, in_ring in structure.bonds_from[atom]:
            if motif >> end & 1:
                bonds[kind] += 1
                row[_RING_COLUMN] |= in_ring
    for table, found in ((_ELEMENT_COLUMNS, counts), (_BOND_COLUMNS, bonds)):
        for key, (first, highest) in table.items():
            row[first + min(found[key], highest)] = 1
    return row
