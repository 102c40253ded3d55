"""Functional groups (motifs) of a molecule and the 73 numbers that describe each.

Motifs of LLaMo (arXiv 2411.00871, section 3.2) as its released code defines them, found without SMARTS: union-find over
the bonds outside rings, bit masks for rings. The released code reads them from canonical SMILES without stereo; only
hydrogens written as atoms make a difference, so only such molecules are parsed again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
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
    structure, reason = _to_read(mol, structure)
    if reason:
        return _nothing(reason)
    motifs = _sum_motifs(structure, [_ELEMENT.get(number, _OTHER) for number in structure.numbers], _BOND, _RING_BOND)
    if not motifs:
        return _nothing("no motif found")
    rows = bytearray().join(map(_row, motifs))
    return np.frombuffer(rows, np.uint8).reshape(-1, MOTIF_VOCAB_SIZE), None


@dataclass(frozen=True)
class MotifAtoms:
    """Where a motif is in its molecule.

    Attributes:
        atoms: all that its row counts, by index in the molecule.
        own: of these, those that make it a motif; the rest are the carbons that they are bound to.
        is_ring: whether it is a ring system.
    """

    atoms: tuple[int, ...]
    own: tuple[int, ...]
    is_ring: bool


def motif_atoms(mol: "Mol") -> list[MotifAtoms]:
    """The atoms of each motif row of a sanitised molecule, in the order of the rows; none where there is a fall-back.

    Slower than `find_motifs`, and apart from it, as only explanations need to know.
    """
    from rdkit import Chem

    size = mol.GetNumAtoms()
    whole = Structure(mol, Chem.MolToSmiles(mol))
    structure, reason = _to_read(mol, whole)
    if reason:
        return []
    places = list(range(size)) if structure is whole else _heavy_atoms(mol)
    # The same walk as for counts: each atom is a bit, no bond counts, ring bonds add up above the atoms. No sum has an
    # atom twice.
    bits, no_bonds, ring_bonds = [1 << atom for atom in range(size)], (0,) * 4, (1 << size,) * 4
    functional = sum(bit for bit, own in zip(bits, _functional_atoms(structure), strict=False) if own)
    found = []
    for total in _sum_motifs(structure, bits[: len(structure.numbers)], no_bonds, ring_bonds):
        mask, is_ring = total & (1 << size) - 1, total >> size > 0
        own = mask if is_ring else mask & functional or mask
        atoms, own = (tuple(sorted(places[atom] for atom in _bits(part))) for part in (mask, own))
        found.append(MotifAtoms(atoms, own, is_ring))
    return found


def _to_read(mol: "Mol", structure: Structure) -> tuple[Structure, str | None]:
    """The structure that motifs are read from, and why there are none."""
    if 1 in structure.numbers:
        reparsed = _without_hydrogen_atoms(mol)
        if reparsed is None:
            return structure, "canonical SMILES cannot be parsed again"
        structure = reparsed
    return structure, _fallback(structure)


def _nothing(reason: str) -> tuple[np.ndarray, str]:
    return np.zeros((0, MOTIF_VOCAB_SIZE), np.uint8), reason


def _without_hydrogen_atoms(mol: "Mol") -> Structure | None:
    from rdkit import Chem

    smiles = Chem.MolToSmiles(mol, isomericSmiles=False)
    with muted_rdkit():
        mol = Chem.MolFromSmiles(smiles)
    return None if mol is None else Structure(mol, smiles)


def _heavy_atoms(mol: "Mol") -> list[int]:
    """Which atom of the molecule each atom of `_without_hydrogen_atoms` is."""
    from rdkit import Chem

    smiles, keep = Chem.MolToSmiles(mol, isomericSmiles=False), Chem.SmilesParserParams()
    written: Iterable[int] = mol.GetPropsAsDict(True, True)["_smilesAtomOutputOrder"]
    keep.removeHs = False
    with muted_rdkit():
        reparsed = Chem.MolFromSmiles(smiles, keep)
        for atom, place in zip(reparsed.GetAtoms(), written, strict=True):
            atom.SetIntProp("place", place)
        return [atom.GetIntProp("place") for atom in Chem.RemoveHs(reparsed).GetAtoms()]


def _fallback(structure: Structure) -> str | None:
    if OTHER_BOND in structure.kind:
        return "a bond is not single, double, triple or aromatic"
    if UNKNOWN_STEREO in structure.stereo:
        return "a bond has an unknown stereo label"
    if max(structure.degree) > _MAX_NEIGHBOURS:
        return f"an atom has more than {_MAX_NEIGHBOURS} neighbours"
    return None


def _sum_motifs(structure: Structure, element: list[int], bond: Sequence[int], ring_bond: Sequence[int]) -> list[int]:
    """Chain motifs, plain C-C pairs and ring motifs, each as the sum of what its atoms and bonds stand for.

    Chain motifs are functional atoms joined over bonds outside rings, with their surroundings. Such bonds form trees,
    so the bonds that join a motif are all the bonds within it.
    """
    functional, counts, parent = _functional_atoms(structure), element.copy(), list(range(len(element)))
    systems, places = _ring_systems(structure.rings, len(element))
    ring_bonds, pairs = defaultdict(int), []
    for begin, end, kind in zip(structure.begin, structure.end, structure.kind, strict=True):
        # A bond between two atoms of a ring closes a ring itself, so all others are outside rings.
        if shared := places[begin] & places[end]:
            ring_bonds[shared] += ring_bond[kind]
        elif functional[begin]:
            root = _root(parent, begin)
            if functional[end]:
                end = parent[root] = _root(parent, end)
                counts[end] += counts[root] + bond[kind]
            else:
                counts[root] += element[end] + bond[kind]
        elif functional[end]:
            counts[_root(parent, end)] += element[begin] + bond[kind]
        else:
            pairs.append(element[begin] + element[end] + bond[kind])
    chains = [
        counts[atom]
        for atom, is_functional in enumerate(functional)  # an atom that only rings hold is theirs
        if is_functional and parent[atom] == atom and not (places[atom] and counts[atom] == element[atom])
    ]
    return chains + pairs + _ring_counts(systems, element, ring_bonds)


def _root(parent: list[int], atom: int) -> int:
    """The atom that stands for the motif of this one."""
    while parent[atom] != atom:
        parent[atom] = atom = parent[parent[atom]]
    return atom


def _functional_atoms(structure: Structure) -> list[bool]:
    """Non-carbons, ends of double and triple bonds, and acetal-type carbons."""
    functional, saturated = [number != 6 for number in structure.numbers], structure.saturated
    polar = [number in _POLAR and not flat for number, flat in zip(structure.numbers, structure.aromatic, strict=True)]
    beside: set[int] = set()  # saturated carbons with an aliphatic O, N or S; what a second one finds is an acetal
    for begin, end, kind in zip(structure.begin, structure.end, structure.kind, strict=True):
        if kind == SINGLE:
            carbon = begin if polar[end] and saturated[begin] else end if polar[begin] and saturated[end] else None
            if carbon in beside:
                functional[carbon] = True
            elif carbon is not None:
                beside.add(carbon)
        elif kind != AROMATIC:
            functional[begin] = functional[end] = True
    return functional


def _ring_counts(systems: dict[int, set[int]], element: list[int], ring_bonds: dict[int, int]) -> list[int]:
    """Atoms and bonds of each ring system; `ring_bonds` by the bit mask of the systems that hold them."""
    counts = {system: sum(map(element.__getitem__, atoms)) for system, atoms in systems.items()}
    for shared, bonds in ring_bonds.items():
        for system in _bits(shared):
            counts[system] += bonds
    return list(counts.values())


def _ring_systems(rings: tuple[tuple[int, ...], ...], num_atoms: int) -> tuple[dict[int, set[int]], list[int]]:
    """Smallest rings, united as long as two share more than two atoms (bridged systems).

    Returns:
        The atoms of each system by its number; and of each atom, the systems that hold it as a bit mask.
    """
    systems: dict[int, set[int]] = {}
    places = [0] * num_atoms
    for number, ring in enumerate(rings):
        atoms = set(ring)
        while bridged := [other for other in _touching(atoms, places) if len(systems[other] & atoms) > 2]:
            for other in bridged:
                absorbed = systems.pop(other)
                for atom in absorbed:
                    places[atom] ^= 1 << other
                atoms |= absorbed
        systems[number] = atoms
        for atom in atoms:
            places[atom] |= 1 << number
    return systems, places


def _touching(atoms: set[int], places: list[int]) -> list[int]:
    """The ring systems that share an atom with these; only they are compared, which keeps large molecules linear."""
    return _bits(reduce(or_, map(places.__getitem__, atoms)))


def _bits(mask: int) -> list[int]:
    """The places of the ones in a bit mask, lowest first."""
    places = []
    while mask:
        lowest = mask & -mask
        places.append(lowest.bit_length() - 1)
        mask ^= lowest
    return places


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
