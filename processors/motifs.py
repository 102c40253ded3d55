"""Functional groups (motifs) of a molecule and the 73 numbers that describe each.

Motifs of LLaMo (arXiv 2411.00871, section 3.2) as its released code defines them, found without SMARTS: union-find over
the bonds outside rings, bit masks for rings. The released code reads them from canonical SMILES without stereo; only
hydrogens written as atoms make a difference, so only such molecules are parsed again.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from processors.molecule import muted_rdkit
from processors.structure import AROMATIC, DOUBLE, OTHER_BOND, SINGLE, TRIPLE, UNKNOWN_STEREO, Structure
from processors.vocabulary import MOTIF_VOCAB_SIZE

if TYPE_CHECKING:
    from rdkit.Chem import Mol

_MAX_NEIGHBOURS = 10
# What is counted in a motif, and the highest count its columns tell apart ("0..k, capped", a one-hot of k + 1 columns).
# All counts of a motif live in one integer, _BITS wide each: adding integers counts, and finished rows are cached.
_BITS = 32
_CARBON, _OXYGEN, _NITROGEN, _PHOSPHORUS, _SULPHUR, _HALOGEN, _OTHER = (1 << _BITS * place for place in range(7))
_BOND = {kind: 1 << _BITS * (7 + kind) for kind in (SINGLE, DOUBLE, TRIPLE, AROMATIC)}
_RING_BOND = 1 << _BITS * 11
_ELEMENT = {6: _CARBON, 8: _OXYGEN, 7: _NITROGEN, 15: _PHOSPHORUS, 16: _SULPHUR}
_ELEMENT |= dict.fromkeys((9, 17, 35, 53), _HALOGEN)
_HIGHEST = (10, 5, 5, 5, 5, None, None, 10, 7, 7, 7, None)  # None: one column, whether there is any


def find_motifs(mol: "Mol", structure: Structure) -> tuple[np.ndarray, str | None]:
    """Motif rows of a sanitised molecule.

    Returns:
        (M, 73) uint8, and None; or no rows and the reason (a fall-back: the model uses its motif queries as they are).
    """
    if 1 in structure.numbers:
        reparsed = _without_hydrogen_atoms(mol)
        if reparsed is None:
            return _nothing("canonical SMILES cannot be parsed again")
        structure = reparsed
    reason = _fallback(structure)
    if reason:
        return _nothing(reason)
    motifs = _chain_motifs(structure) + _ring_motifs(structure)
    if not motifs:
        return _nothing("no motif found")
    rows = b"".join(map(_row, motifs))
    return np.frombuffer(rows, np.uint8).reshape(-1, MOTIF_VOCAB_SIZE).copy(), None


def _nothing(reason: str) -> tuple[np.ndarray, str]:
    return np.zeros((0, MOTIF_VOCAB_SIZE), np.uint8), reason


def _without_hydrogen_atoms(mol: "Mol") -> Structure | None:
    from rdkit import Chem

    smiles = Chem.MolToSmiles(mol, isomericSmiles=False)
    with muted_rdkit():
        mol = Chem.MolFromSmiles(smiles)
    return None if mol is None else Structure(mol, smiles)


def _fallback(structure: Structure) -> str | None:
    if OTHER_BOND in structure.kind:
        return "a bond is not single, double, triple or aromatic"
    if UNKNOWN_STEREO in structure.stereo:
        return "a bond has an unknown stereo label"
    degrees = zip(structure.total_degree, structure.hydrogens, strict=True)
    if any(degree - hydrogens > _MAX_NEIGHBOURS for degree, hydrogens in degrees):
        return f"an atom has more than {_MAX_NEIGHBOURS} neighbours"
    return None


def _functional_atoms(structure: Structure) -> list[bool]:
    """Non-carbons, ends of double and triple bonds, and acetal-type carbons."""
    functional = [number != 6 for number in structure.numbers]
    hetero = [0] * len(functional)  # aliphatic O, N, S neighbours over single bonds
    for begin, end, kind in zip(structure.begin, structure.end, structure.kind, strict=True):
        if kind in (DOUBLE, TRIPLE):
            functional[begin] = functional[end] = True
        elif kind == SINGLE:
            hetero[begin] += structure.numbers[end] in (7, 8, 16) and not structure.aromatic[end]
            hetero[end] += structure.numbers[begin] in (7, 8, 16) and not structure.aromatic[begin]
    for atom, count in enumerate(hetero):
        if count >= 2 and structure.total_degree[atom] == 4 and not structure.aromatic[atom]:
            functional[atom] = True
    return functional


def _chain_motifs(structure: Structure) -> list[int]:
    """Functional atoms joined over non-ring bonds, with their surroundings, and plain C-C pairs; as counts.

    Bonds outside rings form trees, so the bonds that join a motif are all the bonds within it.
    """
    functional, parent = _functional_atoms(structure), list(range(len(structure.numbers)))
    element = [_ELEMENT.get(number, _OTHER) for number in structure.numbers]
    counts, alone = element.copy(), [True] * len(parent)
    pairs = []

    def root(atom: int) -> int:
        while parent[atom] != atom:
            parent[atom] = atom = parent[parent[atom]]
        return atom

    for bond, (begin, end) in enumerate(zip(structure.begin, structure.end, strict=True)):
        if bond in structure.ring_bonds:
            continue
        joint = _BOND[structure.kind[bond]]
        if functional[begin] and functional[end]:
            first, second = root(begin), root(end)
            parent[first] = second
            counts[second] += counts[first] + joint
            alone[second] = False
        elif functional[begin] or functional[end]:
            inner, outer = (begin, end) if functional[begin] else (end, begin)
            counts[root(inner)] += element[outer] + joint
            alone[root(inner)] = False
        else:
            pairs.append(2 * _CARBON + joint)
    in_ring = structure.atoms[-1]
    return [
        counts[atom]
        for atom, is_functional in enumerate(functional)
        if is_functional and parent[atom] == atom and not (alone[atom] and in_ring[atom])
    ] + pairs


def _ring_motifs(structure: Structure) -> list[int]:
    """Smallest rings, united as long as two share more than two atoms (bridged systems); as counts."""
    bonds = [
        (1 << structure.begin[bond] | 1 << structure.end[bond], _BOND[structure.kind[bond]] + _RING_BOND)
        for bond in structure.ring_bonds
    ]
    motifs = []
    for atoms in _united(structure.rings):
        count = sum(joint for ends, joint in bonds if ends & atoms == ends)
        while atoms:
            count += _ELEMENT.get(structure.numbers[atoms.bit_length() - 1], _OTHER)
            atoms ^= 1 << atoms.bit_length() - 1
        motifs.append(count)
    return motifs


def _united(rings: tuple[tuple[int, ...], ...]) -> list[int]:
    """Rings as bit masks of atoms."""
    united: list[int] = []
    for ring in rings:
        mask = 0
        for atom in ring:
            mask |= 1 << atom
        while bridged := [other for other in united if (other & mask).bit_count() > 2]:
            united = [other for other in united if other not in bridged]
            for other in bridged:
                mask |= other
        united.append(mask)
    return united


@lru_cache(maxsize=2**16)
def _row(counts: int) -> bytes:
    """The 73 numbers of one motif."""
    row: list[int] = []
    for place, highest in enumerate(_HIGHEST):
        count = counts >> _BITS * place & (1 << _BITS) - 1
        row += (
            [int(count > 0)] if highest is None else [int(min(count, highest) == value) for value in range(highest + 1)]
        )
    return bytes(row)
