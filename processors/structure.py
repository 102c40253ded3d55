"""A molecule as plain Python columns: one list per atom or bond property, read once, for features and motifs.

A call of one of RDKit's getters costs much more than the reading of a list, and one that returns an enum costs three
times as much again. So properties that follow from others are not asked for, and those that are rare are asked for only
at the atoms and bonds that a cheap test or a substructure query leaves over; the comments say why the others are known.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from itertools import repeat
from operator import sub
from typing import TYPE_CHECKING, Any

from processors.vocabulary import (
    NUM_CHIRALITY_TAGS,
    bond_stereo_table,
    bond_type_table,
    chirality_table,
    hybridisation_table,
)

if TYPE_CHECKING:
    from rdkit.Chem import Atom, Bond, Mol

SINGLE, DOUBLE, TRIPLE, AROMATIC, OTHER_BOND = range(5)
UNKNOWN_STEREO = 6  # a label that the encoder has no embedding for
_SP, _SP2, _SP3 = range(3)
_CARBON = 6
_TETRAHEDRAL = (1, 2)  # chirality; with any other, RDKit takes even carbon for SP3D or the like
# A carbon without charge, radical electrons and dative bonds has four electrons in its bonds, so that the number of its
# neighbours, hydrogens included, says which it is; with four of them, all its bonds are single.
_SATURATED = (_CARBON, 4)
_CARBON_HYBRIDISATION = {(_CARBON, 2): _SP, (_CARBON, 3): _SP2, _SATURATED: _SP3}
_KIND = {1.0: SINGLE, 2.0: DOUBLE, 3.0: TRIPLE, 1.5: AROMATIC}
# Canonical SMILES writes every bond that is not single, double, triple or aromatic with one of these characters
# (dative ->, <-; quadruple $; all others ~), and uses them for nothing else.
_find_other_bond = re.compile("[<>$~]").search
_MANY_BONDS = 500  # where walking to each bond becomes slower than collecting them from their atoms
_NO_LIMIT = 2**31 - 1


class Structure:
    """Columns of one sanitised molecule.

    Attributes:
        atoms: the nine raw atom properties, one list each, in the order of the feature columns.
        numbers, total_degree, hybridisation, aromatic: four of these.
        degree: number of bonds of each atom.
        saturated: whether an atom is a carbon with four neighbours, hydrogens included; only single bonds lead to it.
        begin, end, kind, stereo, conjugated: bond properties; `kind` and `stereo` are vocabulary indices.
        rings: symmetrised smallest rings as tuples of atoms.
    """

    def __init__(self, mol: "Mol", smiles: str, *, num_chirality_tags: int = NUM_CHIRALITY_TAGS):
        self.rings: tuple[tuple[int, ...], ...] = mol.GetRingInfo().AtomRings()
        has_other_bonds = _find_other_bond(smiles) is not None
        size = mol.GetNumAtoms()
        atoms = list(map(mol.GetAtomWithIdx, range(size)))
        bonds = _bonds(mol, atoms)
        begin_of, end_of, number_of, total_degree_of = _getters()
        self.begin, self.end = list(map(begin_of, bonds)), list(map(end_of, bonds))
        self.degree = _degrees(self.begin, self.end, size)
        self.numbers, self.total_degree = list(map(number_of, atoms)), list(map(total_degree_of, atoms))
        self.hybridisation = list(map(_CARBON_HYBRIDISATION.get, self._elements_and_neighbours(), repeat(_SP3)))
        chirality = self._read_shapes(mol, atoms, chirality_table(num_chirality_tags))
        # SMILES writes atoms with charge or radical electrons in brackets.
        charged = _matches(mol, "charged or radical") if "[" in smiles else []
        charges, radicals = self._read_electrons(atoms, range(size) if has_other_bonds else charged)
        self._read_bonds(bonds, bond_type_table() if has_other_bonds else None)
        if "*" in smiles:  # only atoms of an element are aromatic just where they have an aromatic bond
            self.aromatic = [atom.GetIsAromatic() for atom in atoms]
            hybridisations = hybridisation_table()
            self.hybridisation = [hybridisations[atom.GetHybridization()] for atom in atoms]
        hydrogens = list(map(sub, self.total_degree, self.degree))  # total degree is bonds and hydrogens
        self.atoms: tuple[list, ...] = (
            self.numbers,
            chirality,
            self.total_degree,
            charges,
            hydrogens,
            radicals,
            self.hybridisation,
            self.aromatic,
            _marked(self.rings, size),
        )

    def _read_shapes(self, mol: "Mol", atoms: "list[Atom]", table: dict[Any, int]) -> list[int]:
        """Hybridisation of what is not carbon; returns chirality."""
        chirality, hybridisations = [0] * len(atoms), hybridisation_table()
        for index in _matches(mol, "sp2, not carbon"):
            self.hybridisation[index] = _SP2
        for index in _matches(mol, "chiral; or neither sp2 nor sp3, not carbon"):
            chirality[index] = table[atoms[index].GetChiralTag()]
            if self.numbers[index] != _CARBON or chirality[index] not in _TETRAHEDRAL:
                self.hybridisation[index] = hybridisations[atoms[index].GetHybridization()]
        return chirality

    def _read_electrons(self, atoms: "list[Atom]", asked: Iterable[int]) -> tuple[list[int], list[int]]:
        """Charges and radical electrons, and the hybridisation that they change."""
        charges, radicals, hybridisations = [0] * len(atoms), [0] * len(atoms), hybridisation_table()
        for index in asked:
            atom = atoms[index]
            charges[index], radicals[index] = atom.GetFormalCharge(), atom.GetNumRadicalElectrons()
            self.hybridisation[index] = hybridisations[atom.GetHybridization()]
        return charges, radicals

    def _read_bonds(self, bonds: "list[Bond]", kinds: dict[Any, int] | None):
        """Kind, stereo and conjugation of each bond, and which atoms are aromatic; `kinds` where any kind may occur."""
        self.kind, self.stereo, self.conjugated = [SINGLE] * len(bonds), [0] * len(bonds), [False] * len(bonds)
        self.aromatic, self.saturated = [False] * len(self.numbers), [False] * len(self.numbers)
        if kinds is None:
            self.saturated = list(map(_SATURATED.__eq__, self._elements_and_neighbours()))
        saturated, labels = self.saturated, bond_stereo_table()
        for index, (begin, end) in enumerate(zip(self.begin, self.end, strict=True)):
            if saturated[begin] or saturated[end]:
                continue
            bond = bonds[index]
            kind = self.kind[index] = _KIND[bond.GetBondTypeAsDouble()] if kinds is None else kinds[bond.GetBondType()]
            self.conjugated[index] = bond.GetIsConjugated()
            if kind == AROMATIC:
                self.aromatic[begin] = self.aromatic[end] = True
            elif kind == DOUBLE or self._may_be_axis(begin, end):
                self.stereo[index] = labels.get(bond.GetStereo(), UNKNOWN_STEREO)

    def _may_be_axis(self, begin: int, end: int) -> bool:
        """Whether a bond may be that of an atropisomer: between atoms that are not SP3 and have other neighbours."""
        flat = self.hybridisation[begin] != _SP3 and self.hybridisation[end] != _SP3
        return flat and self.degree[begin] > 1 and self.degree[end] > 1

    def _elements_and_neighbours(self) -> Iterable[tuple[int, int]]:
        return zip(self.numbers, self.total_degree, strict=True)


@cache
def _getters() -> tuple[Callable[..., int], ...]:
    """Looked up once: an import within a function costs as much as a dozen of their calls."""
    from rdkit.Chem import Atom, Bond

    return Bond.GetBeginAtomIdx, Bond.GetEndAtomIdx, Atom.GetAtomicNum, Atom.GetTotalDegree


def _bonds(mol: "Mol", atoms: "list[Atom]") -> "list[Bond]":
    """Bonds in their order."""
    number = mol.GetNumBonds()
    if number < _MANY_BONDS:
        return list(map(mol.GetBondWithIdx, range(number)))
    # RDKit walks to a bond from the first one, so reading them one by one would take time of the number squared.
    bonds = {bond.GetIdx(): bond for atom in atoms for bond in atom.GetBonds()}
    return list(map(bonds.__getitem__, range(number)))


def _degrees(begin: list[int], end: list[int], size: int) -> list[int]:
    degree = [0] * size
    for atom in begin:
        degree[atom] += 1
    for atom in end:
        degree[atom] += 1
    return degree


@cache
def _query(name: str) -> Any:
    """A one-atom pattern that finds the atoms whose property is not the usual one."""
    from rdkit import Chem
    from rdkit.Chem import rdqueries

    if name == "sp2, not carbon":
        return Chem.MolFromSmarts("[!#6^2]")
    if name == "charged or radical":
        pattern, atom = "[!+0]", rdqueries.NumRadicalElectronsGreaterQueryAtom(0)
    else:
        pattern, atom = "[!#6!^2!^3]", rdqueries.HasChiralTagQueryAtom()
    atom.ExpandQuery(Chem.MolFromSmarts(pattern).GetAtomWithIdx(0), Chem.CompositeQueryType.COMPOSITE_OR)
    query = Chem.RWMol(Chem.MolFromSmarts("*"))
    query.ReplaceAtom(0, atom)
    return query


def _matches(mol: "Mol", name: str) -> list[int]:
    # Not made unique (False): with one atom to a match they are, and RDKit need not compare them.
    return [atom for (atom,) in mol.GetSubstructMatches(_query(name), False, False, False, _NO_LIMIT)]


def _marked(rings: tuple[tuple[int, ...], ...], num_atoms: int) -> list[bool]:
    """Whether each atom is in a ring."""
    marks = [False] * num_atoms
    for ring in rings:
        for atom in ring:
            marks[atom] = True
    return marks
