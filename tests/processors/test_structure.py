"""The short cuts of `Structure` (queries instead of getters) against the getters themselves."""

import pytest
from rdkit import Chem

from processors.structure import DOUBLE, OTHER_BOND, UNKNOWN_STEREO, Structure
from processors.vocabulary import bond_type_table

WITHOUT_VALENCE = {"THREECENTER", "DATIVEL", "DATIVER", "OTHER"}  # RDKit itself refuses molecules with these


@pytest.mark.parametrize("bond_type", [t for n, t in Chem.BondType.names.items() if n not in WITHOUT_VALENCE], ids=str)
def test_every_bond_type_is_told_from_the_canonical_smiles(bond_type):
    mol = Chem.RWMol(Chem.MolFromSmiles("[U].[U]"))
    mol.AddBond(0, 1, bond_type)
    mol.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(mol)
    assert Structure(mol, Chem.MolToSmiles(mol)).kind == [bond_type_table()[bond_type]]


def test_dative_bonds_are_other_bonds():
    mol = Chem.MolFromSmiles("N->[Cu]")
    assert Structure(mol, Chem.MolToSmiles(mol)).kind == [OTHER_BOND]


def test_stereo_is_read_from_double_bonds():
    mol = Chem.MolFromSmiles("C/C=C/C")
    structure = Structure(mol, Chem.MolToSmiles(mol))
    assert [kind == DOUBLE for kind in structure.kind] == [False, True, False]
    assert structure.stereo == [0, 2, 0]


def test_stereo_is_read_from_atropisomers():
    mol = atropisomer()
    assert Structure(mol, Chem.MolToSmiles(mol)).stereo.count(UNKNOWN_STEREO) == 1


def atropisomer() -> Chem.Mol:
    """A biaryl with a labelled axis."""
    mol = Chem.MolFromSmiles("Cc1cccc(Cl)c1-c1c(C)cccc1O")
    axis = mol.GetBondBetweenAtoms(7, 8)
    axis.SetStereoAtoms(1, 9)
    axis.SetStereo(Chem.BondStereo.STEREOATROPCW)
    return mol
