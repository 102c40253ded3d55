"""Functional groups (motifs) of a molecule and the 73 numbers that describe each.

Motifs of LLaMo (arXiv 2411.00871, section 3.2) as its released code defines them, found without SMARTS: union-find over
the bonds outside rings, bit masks for rings. The released code reads them from canonical SMILES without stereo; only
hydrogens written as atoms make a difference, so only such molecules are parsed again.
"""

from collections import defaultdict
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
_BOND = tuple(1 << _BITS * (7 + kind) for kind in (SINGLE, DOUBLE, TRIPLE, AROMATIC))
_RING_BOND = tuple(bond + (1 << _BITS * 11) for bond in _BOND)
_POLAR = frozenset((7, 8, 16))
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
    motifs = _count_motifs(structure)
    if not motifs:
        return _nothing("no motif found")
    rows = bytearray().join(map(_row, motifs))
    return np.frombuffer(rows, np.uint8).reshape(-1, MOTIF_VOCAB_SIZE), None


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
    if max(structure.degree) > _MAX_NEIGHBOURS:
        return f"an atom has more than {_MAX_NEIGHBOURS} neighbours"
    return None


def _count_motifs(structure: Structure) -> list[int]:
    """Chain motifs, plain C-C pairs and ring motifs, as counts.

    Chain motifs are functional atoms joined over bonds outside rings, with their surroundings. Such bonds form trees,
    so the bonds that join a motif are all the bonds within it.
    """
    element = [_ELEMENT.get(number, _OTHER) for number in structure.numbers]
    functional, counts, parent = _functional_atoms(structure), element.copy(), list(range(len(element)))
    rings = _united(structure.rings)
    places, ring_bonds, pairs = _places(rings, len(element)), defaultdict(int), []
    for begin, end, kind in zip(structure.begin, structure.end, structure.kind, strict=True):
        # A bond between two atoms of a ring closes a ring itself, so all others are outside rings.
        if shared := places[begin] & places[end]:
            ring_bonds[shared] += _RING_BOND[kind]
        elif functional[begin]:
            root = _root(parent, begin)
            if functional[end]:
                end = parent[root] = _root(parent, end)
                counts[end] += counts[root] + _BOND[kind]
            else:
                counts[root] += element[end] + _BOND[kind]
        elif functional[end]:
            counts[_root(parent, end)] += element[begin] + _BOND[kind]
        else:
            pairs.append(2 * _CARBON + _BOND[kind])
    chains = [
        counts[atom]
        for atom, is_functional in enumerate(functional)  # an atom that only rings hold is theirs
        if is_functional and parent[atom] == atom and not (places[atom] and counts[atom] == element[atom])
    ]
    return chains + pairs + [_ring_count(place, ring, element, ring_bonds) for place, ring in enumerate(rings)]


def _root(parent: list[int], atom: int) -> int:
    """The atom that stands for the motif of this one."""
    while parent[atom] != atom:
        parent[atom] = atom = parent[parent[atom]]
    return atom


def _ring_count(place: int, ring: set[int], element: list[int], ring_bonds: dict[int, int]) -> int:
    """Atoms and bonds of one ring system; `ring_bonds` by the bit mask of the systems that hold them."""
    count = sum(map(element.__getitem__, ring))
    for shared, bonds in ring_bonds.items():
        if shared >> place & 1:
            count += bonds
    return count


def _places(rings: list[set[int]], num_atoms: int) -> list[int]:
    """Of each atom, the ring systems that hold it as a bit mask."""
    places = [0] * num_atoms
    for place, ring in enumerate(rings):
        for atom in ring:
            places[atom] |= 1 << place
    return places


def _functional_atoms(structure: Structure) -> list[bool]:
    """Non-carbons, ends of double and triple bonds, and acetal-type carbons."""
    functional = [number != 6 for number in structure.numbers]
    polar = [number in _POLAR and not flat for number, flat in zip(structure.numbers, structure.aromatic, strict=True)]
    hetero = [0] * len(functional)  # aliphatic O, N, S neighbours over single bonds
    for begin, end, kind in zip(structure.begin, structure.end, structure.kind, strict=True):
        if kind == SINGLE:
            if polar[end]:
                hetero[begin] += 1
            if polar[begin]:
                hetero[end] += 1
        elif kind != AROMATIC:
            functional[begin] = functional[end] = True
    for atom, count in enumerate(hetero):
        if count >= 2 and structure.total_degree[atom] == 4 and not structure.aromatic[atom]:
            functional[atom] = True
    return functional


def _united(rings: tuple[tuple[int, ...], ...]) -> list[set[int]]:
    """Smallest rings as sets of atoms, united as long as two share more than two atoms (bridged systems)."""
    united: dict[int, set[int]] = {}  # by bit masks, which are quick to compare
    for ring in rings:
        mask, atoms = 0, set(ring)
        for atom in ring:
            mask |= 1 << atom
        while bridged := [other for other in united if (other & mask).bit_count() > 2]:
            for other in bridged:
                mask, atoms = mask | other, atoms | united.pop(other)
        united[mask] = atoms
    return list(united.values())


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
