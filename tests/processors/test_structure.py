"""The short cuts of `Structure` (what follows from other properties, queries) against RDKit's getters themselves."""

import pytest
from rdkit import Chem

from processors.graph import featurize_mol
from processors.molecule import MoleculeError, parse
from processors.structure import DOUBLE, OTHER_BOND, UNKNOWN_STEREO, Structure
from processors.vocabulary import bond_stereo_table, bond_type_table, hybridisation_table
from tests.processors.molecules import demo_molecules
from tests.processors.reference_features import node_rows

GETTERS = {
    "number": Chem.Atom.GetAtomicNum,
    "total degree": Chem.Atom.GetTotalDegree,
    "charge": Chem.Atom.GetFormalCharge,
    "hydrogens": Chem.Atom.GetTotalNumHs,
    "radical electrons": Chem.Atom.GetNumRadicalElectrons,
    "aromatic": Chem.Atom.GetIsAromatic,
    "in ring": Chem.Atom.IsInRing,
}
COLUMNS = (0, 2, 3, 4, 5, 7, 8)
UNUSUAL = [
    "C[N+](C)(C)C",
    "[O-][n+]1ccccc1",
    "[CH3]",
    "[O][O]",
    "[Cu+2]",
    "c1ccc2cccc-2cc1",
    "O=c1cc[nH]cc1",
    "*1ccccc1",
    "*1:*:*:*:*:*:1",
    "[2H]c1ccccc1",
    "c1cc[se]c1",
    "[B-]1=CC=CC=C1",
    "C1CC2CC1C=C2",
    "[CH3-]",
    "[CH2-]C=C",
    "C[CH+]C",
    "C=C=C",
    "[C]",
    "[CH2]",
    "[C-]#[O+]->[Fe]",
    "CN1C=CN(C)C1->[Au]Cl",
    "C[Hg]C",
    "F[Co@OH1](Cl)(Br)(I)(N)O",
    "C[S@](=O)c1ccccc1",
    "CP(C)(C)=CC",
    "OC(=O)/C=C\\C(=O)N(C)c1ccccc1-c1ccccn1",
]
WITHOUT_VALENCE = {"THREECENTER", "DATIVEL", "DATIVER", "OTHER"}  # RDKit itself refuses molecules with these


@pytest.mark.parametrize("bond_type", [t for n, t in Chem.BondType.names.items() if n not in WITHOUT_VALENCE], ids=str)
def test_every_bond_type_is_told_from_the_canonical_smiles(bond_type):
    mol = Chem.RWMol(Chem.MolFromSmiles("[U].[U]"))
    mol.AddBond(0, 1, bond_type)
    mol.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(mol)
    assert Structure(mol, Chem.MolToSmiles(mol)).kind == [bond_type_table()[bond_type]]


@pytest.mark.parametrize(("column", "name"), zip(COLUMNS, GETTERS, strict=True))
def test_atom_columns_are_what_the_getters_say(column, name):
    for smiles in (*UNUSUAL, *demo_molecules()[::5]):
        for mol in (Chem.MolFromSmiles(smiles), Chem.AddHs(Chem.MolFromSmiles(smiles))):
            expected = [GETTERS[name](atom) for atom in mol.GetAtoms()]
            assert Structure(mol, Chem.MolToSmiles(mol)).atoms[column] == expected, smiles


def test_hybridisation_and_bonds_are_what_the_getters_say():
    shapes, kinds, labels = hybridisation_table(), bond_type_table(), bond_stereo_table()
    for smiles in (*UNUSUAL, *demo_molecules()[::5]):
        for mol in (Chem.MolFromSmiles(smiles), Chem.AddHs(Chem.MolFromSmiles(smiles))):
            structure = Structure(mol, Chem.MolToSmiles(mol))
            assert structure.hybridisation == [shapes[atom.GetHybridization()] for atom in mol.GetAtoms()], smiles
            assert structure.degree == [atom.GetDegree() for atom in mol.GetAtoms()], smiles
            assert structure.kind == [kinds[bond.GetBondType()] for bond in mol.GetBonds()], smiles
            assert structure.stereo == [labels[bond.GetStereo()] for bond in mol.GetBonds()], smiles
            assert structure.conjugated == [bond.GetIsConjugated() for bond in mol.GetBonds()], smiles


@pytest.mark.parametrize("residues", [5, 200])
def test_bonds_keep_their_order_in_small_and_large_molecules(residues):
    mol = Chem.MolFromSmiles("N[C@@H](Cc1ccccc1)C(=O)" * residues + "O")
    structure = Structure(mol, Chem.MolToSmiles(mol))
    ends = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in mol.GetBonds()]
    assert list(zip(structure.begin, structure.end, strict=True)) == ends


def test_radicals_and_charges_are_written_in_brackets():
    mol = Chem.MolFromSmiles("CCO")
    mol.GetAtomWithIdx(0).SetNumRadicalElectrons(2)
    mol.GetAtomWithIdx(2).SetFormalCharge(1)
    structure = Structure(mol, Chem.MolToSmiles(mol))
    assert (structure.atoms[3], structure.atoms[5]) == ([0, 0, 1], [2, 0, 0])


def test_flags_that_a_user_has_set_are_made_anew():
    mol = Chem.MolFromSmiles("c1ccccc1C")
    for atom in mol.GetAtoms():
        atom.SetIsAromatic(False)
    assert featurize_mol(parse(mol)).node_ids[:, 7].tolist() == [1] * 6 + [0]


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


@pytest.mark.parametrize("smiles", ["C[C@TB1]1=CCC1", "C[C@SP1](F)Cl", "C[C@OH3](F)Cl", "C[C@@](F)(Cl)Br"])
def test_carbons_of_any_chirality_have_the_hybridisation_that_rdkit_says(smiles):
    mol = parse(smiles)
    assert featurize_mol(mol).node_ids.tolist() == node_rows(mol)


@pytest.mark.parametrize(
    ("smiles", "reason"),
    [
        ("C=CC:CCC", "bond 2 is aromatic, but its atoms are not"),
        ("O=[CH+15]C", "atom 1 .C. has the charge 15 and 6 electrons"),
    ],
)
def test_bonds_and_charges_that_contradict_the_rest_are_refused(smiles, reason):
    with pytest.raises(MoleculeError, match=f"^row 4: .*{reason}"):
        featurize_mol(parse(smiles), row=4)


@pytest.mark.parametrize("smiles", ["Cn1c*nc1", "c1cc*cc1", "[CH3:1][NH3+:2]", "[H+]", "[*+2]", "C1=C[*+]C=C1"])
def test_dummies_atom_maps_and_charges_are_described_as_rdkit_does(smiles):
    mol = parse(smiles)
    assert featurize_mol(mol).node_ids.tolist() == node_rows(mol)
