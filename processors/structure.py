"""A molecule as plain Python columns: one list per atom or bond property, read once, for features and motifs.

RDKit's getters that return an enum cost three times as much as those that return a number. They are called only for the
atoms and bonds that a cheap test leaves over; the comments say why the others are known.
"""

from functools import cache
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
        begin, end, kind, stereo, conjugated: bond properties; `kind` and `stereo` are vocabulary indices.
        rings: symmetrised smallest rings as tuples of atoms, and `ring_bonds` the bonds that are in one.
    """

    def __init__(self, mol: "Mol", smiles: str, *, num_chirality_tags: int = NUM_CHIRALITY_TAGS):
        self.rings: tuple[tuple[int, ...], ...] = mol.GetRingInfo().AtomRings()
        self.ring_bonds: set[int] = set().union(*mol.GetRingInfo().BondRings())
        self.atoms = self._read_atoms(mol, chirality_table(num_chirality_tags))
        self.numbers, _, self.total_degree, _, self.hydrogens, _, self.hybridisation, self.aromatic, _ = self.atoms
        self._read_bonds(mol, smiles)

    def _read_atoms(self, mol: "Mol", chirality: dict[Any, int]) -> tuple[list, ...]:
        from rdkit.Chem import Atom

        atoms = list(map(mol.GetAtomWithIdx, range(mol.GetNumAtoms())))
        in_ring = [False] * len(atoms)
        for ring in self.rings:
            for atom in ring:
                in_ring[atom] = True
        return (
            list(map(Atom.GetAtomicNum, atoms)),
            _sparse(mol, atoms, "tagged", Atom.GetChiralTag, chirality),
            list(map(Atom.GetTotalDegree, atoms)),
            _sparse(mol, atoms, "charged", Atom.GetFormalCharge),
            list(map(Atom.GetTotalNumHs, atoms)),
            _sparse(mol, atoms, "radical", Atom.GetNumRadicalElectrons),
            _hybridisation(mol, atoms),
            list(map(Atom.GetIsAromatic, atoms)),
            in_ring,
        )

    def _read_bonds(self, mol: "Mol", smiles: str):
        from rdkit.Chem import Bond

        bonds = list(map(mol.GetBondWithIdx, range(mol.GetNumBonds())))
        self.begin, self.end = list(map(Bond.GetBeginAtomIdx, bonds)), list(map(Bond.GetEndAtomIdx, bonds))
        self.conjugated = list(map(Bond.GetIsConjugated, bonds))
        if any(character in smiles for character in _OTHER_BOND_CHARACTERS):
            kinds = bond_type_table()
            self.kind = [kinds[bond.GetBondType()] for bond in bonds]
        else:
            self.kind = [_KIND[order] for order in map(Bond.GetBondTypeAsDouble, bonds)]
        self.stereo = self._read_stereo(bonds)

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
    query = Chem.RWMol(Chem.MolFromSmarts("*"))
    atoms = {
        "tagged": rdqueries.HasChiralTagQueryAtom,
        "radical": lambda: rdqueries.NumRadicalElectronsGreaterQueryAtom(0),
    }
    query.ReplaceAtom(0, atoms[name]())
    return query


def _matches(mol: "Mol", name: str) -> list[int]:
    return [atom for (atom,) in mol.GetSubstructMatches(_query(name), maxMatches=mol.GetNumAtoms())]


def _sparse(mol: "Mol", atoms: list, name: str, getter: Any, table: dict[Any, int] | None = None) -> list[int]:
    """A property that is 0 for most atoms: read it only where the query matches."""
    values = [0] * len(atoms)
    for atom in _matches(mol, name):
        value = getter(atoms[atom])
        values[atom] = value if table is None else table[value]
    return values


def _hybridisation(mol: "Mol", atoms: list) -> list[int]:
    values, table = [_SP3] * len(atoms), hybridisation_table()
    for atom in _matches(mol, "sp2"):
        values[atom] = _SP2
    for atom in _matches(mol, "neither sp2 nor sp3"):
        values[atom] = table[atoms[atom].GetHybridization()]
    return values
