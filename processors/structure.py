"""A molecule as plain Python columns: one list per atom or bond property, read once, for features and motifs.

A call of one of RDKit's getters costs much more than the reading of a list, and one that returns an enum costs three
times as much again. So properties that follow from others are not asked for, and those that are rare are asked for only
at the atoms and bonds that a cheap test leaves over; the comments say why the others are known.
"""

from functools import cache
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
    from rdkit.Chem import Mol

SINGLE, DOUBLE, TRIPLE, AROMATIC, OTHER_BOND = range(5)
UNKNOWN_STEREO = 6  # a label that the encoder has no embedding for
_SP2, _SP3 = 1, 2
_KIND = {1.0: SINGLE, 2.0: DOUBLE, 3.0: TRIPLE, 1.5: AROMATIC}
# Canonical SMILES writes every bond that is not single, double, triple or aromatic with one of these characters
# (dative ->, <-; quadruple $; all others ~), and uses them for nothing else.
_OTHER_BOND_CHARACTERS = "<>$~"


class Structure:
    """Columns of one sanitised molecule.

    Attributes:
        atoms: the nine raw atom properties, one list each, in the order of the feature columns.
        degree, aromatic: number of bonds of each atom, and whether it is aromatic.
        begin, end, kind, stereo, conjugated: bond properties; `kind` and `stereo` are vocabulary indices.
        rings: symmetrised smallest rings as tuples of atoms.
    """

    def __init__(self, mol: "Mol", smiles: str, *, num_chirality_tags: int = NUM_CHIRALITY_TAGS):
        self.rings: tuple[tuple[int, ...], ...] = mol.GetRingInfo().AtomRings()
        bonds = list(map(mol.GetBondWithIdx, range(mol.GetNumBonds())))
        self._read_bonds(bonds, smiles)
        self._count_bonds(mol, smiles)
        self.atoms = self._read_atoms(mol, smiles, chirality_table(num_chirality_tags))
        self.numbers, _, self.total_degree, _, _, _, self.hybridisation, _, _ = self.atoms
        self.stereo = self._read_stereo(bonds)

    def _read_bonds(self, bonds: list, smiles: str):
        from rdkit.Chem import Bond

        self.begin, self.end = list(map(Bond.GetBeginAtomIdx, bonds)), list(map(Bond.GetEndAtomIdx, bonds))
        self.conjugated = list(map(Bond.GetIsConjugated, bonds))
        if any(character in smiles for character in _OTHER_BOND_CHARACTERS):
            kinds = bond_type_table()
            self.kind = [kinds[bond.GetBondType()] for bond in bonds]
        else:
            self.kind = [_KIND[order] for order in map(Bond.GetBondTypeAsDouble, bonds)]

    def _count_bonds(self, mol: "Mol", smiles: str):
        # In a sanitised molecule the aromatic atoms are the ends of the aromatic bonds, if all are atoms of an element.
        self.degree, self.aromatic = [0] * mol.GetNumAtoms(), [False] * mol.GetNumAtoms()
        for begin, end, kind in zip(self.begin, self.end, self.kind, strict=True):
            self.degree[begin] += 1
            self.degree[end] += 1
            if kind == AROMATIC:
                self.aromatic[begin] = self.aromatic[end] = True
        if "*" in smiles:
            self.aromatic = [atom.GetIsAromatic() for atom in mol.GetAtoms()]

    def _read_atoms(self, mol: "Mol", smiles: str, chirality: dict[Any, int]) -> tuple[list, ...]:
        from rdkit.Chem import Atom

        atoms = list(map(mol.GetAtomWithIdx, range(mol.GetNumAtoms())))
        total_degree = list(map(Atom.GetTotalDegree, atoms))
        # SMILES writes atoms with charge or radical electrons in brackets.
        charges, radicals = _charges_and_radicals(mol, atoms) if "[" in smiles else ([0] * len(atoms), [0] * len(atoms))
        return (
            list(map(Atom.GetAtomicNum, atoms)),
            _chirality(mol, atoms, chirality),
            total_degree,
            charges,
            list(map(sub, total_degree, self.degree)),  # total degree is bonds and hydrogens
            radicals,
            _hybridisation(mol, atoms),
            self.aromatic,
            _marked(self.rings, len(atoms)),
        )

    def _read_stereo(self, bonds: list) -> list[int]:
        # Labels sit on double bonds, and as atropisomers on single bonds between atoms that are not SP3.
        stereo, labels, flat = [0] * len(bonds), bond_stereo_table(), [kind != _SP3 for kind in self.hybridisation]
        for index, (kind, begin, end) in enumerate(zip(self.kind, self.begin, self.end, strict=True)):
            if kind == DOUBLE or (kind != AROMATIC and flat[begin] and flat[end]):
                stereo[index] = labels.get(bonds[index].GetStereo(), UNKNOWN_STEREO)
        return stereo


@cache
def _query(name: str) -> Any:
    """A one-atom pattern that finds the atoms whose property is not the usual one."""
    from rdkit import Chem
    from rdkit.Chem import rdqueries

    patterns = {"charged": "[!+0]", "sp2": "[^2]", "neither sp2 nor sp3": "[!^2!^3]"}
    if name in patterns:
        return Chem.MolFromSmarts(patterns[name])
    if name == "tagged":
        atom = rdqueries.HasChiralTagQueryAtom()
    else:
        atom = rdqueries.NumRadicalElectronsGreaterQueryAtom(0)
        atom.ExpandQuery(_query("charged").GetAtomWithIdx(0), Chem.CompositeQueryType.COMPOSITE_OR)
    query = Chem.RWMol(Chem.MolFromSmarts("*"))
    query.ReplaceAtom(0, atom)
    return query


def _matches(mol: "Mol", name: str) -> list[int]:
    # Not made unique (False): with one atom to a match they are, and RDKit need not compare them.
    found = mol.GetSubstructMatches(_query(name), False, False, False, mol.GetNumAtoms())
    return [atom for (atom,) in found]


def _chirality(mol: "Mol", atoms: list, table: dict[Any, int]) -> list[int]:
    values = [0] * len(atoms)
    for atom in _matches(mol, "tagged"):
        values[atom] = table[atoms[atom].GetChiralTag()]
    return values


def _charges_and_radicals(mol: "Mol", atoms: list) -> tuple[list[int], list[int]]:
    charges, radicals = [0] * len(atoms), [0] * len(atoms)
    for atom in _matches(mol, "charged or radical"):
        charges[atom], radicals[atom] = atoms[atom].GetFormalCharge(), atoms[atom].GetNumRadicalElectrons()
    return charges, radicals


def _hybridisation(mol: "Mol", atoms: list) -> list[int]:
    values, table = [_SP3] * len(atoms), hybridisation_table()
    for atom in _matches(mol, "sp2"):
        values[atom] = _SP2
    for atom in _matches(mol, "neither sp2 nor sp3"):
        values[atom] = table[atoms[atom].GetHybridization()]
    return values


def _marked(rings: tuple[tuple[int, ...], ...], num_atoms: int) -> list[bool]:
    """Whether each atom is in a ring."""
    marks = [False] * num_atoms
    for ring in rings:
        for atom in ring:
            marks[atom] = True
    return marks
