"""Functional groups: by hand, recorded, and every reason to have none."""

import pytest
from rdkit import Chem

from processors.graph import featurize_mol
from processors.molecule import parse
from processors.motifs import motif_atoms
from tests.processors.molecules import demo_molecules

# First columns of the counts.
CARBON, OXYGEN, NITROGEN, SINGLE, DOUBLE, TRIPLE, AROMATIC = 0, 11, 17, 37, 48, 56, 64
EMPTY = (0, 11, 17, 23, 29, 37, 48, 56, 64)


def row(halogen=0, other=0, ring=0, **counts) -> list[int]:
    """A motif row from what it counts."""
    ones = set(EMPTY)
    for name, count in counts.items():
        first = globals()[name.upper()]
        ones = (ones - {first}) | {first + count}
    ones |= {column for column, on in ((35, halogen), (36, other), (72, ring)) if on}
    return [int(column in ones) for column in range(73)]


def motifs(smiles: str) -> list[list[int]]:
    return sorted(featurize_mol(parse(smiles)).motif_features.tolist())


@pytest.mark.parametrize(
    ("smiles", "expected"),
    [
        ("CCO", [row(carbon=2, single=1), row(carbon=1, oxygen=1, single=1)]),
        ("CC", [row(carbon=2, single=1)]),
        ("O", [row(oxygen=1)]),
        ("[Na+].[Cl-]", [row(other=1), row(halogen=1)]),
        ("CC#N", [row(carbon=2, nitrogen=1, single=1, triple=1)]),
        ("CC(OC)OC", [row(carbon=4, oxygen=2, single=5)]),
        ("c1ccncc1", [row(carbon=5, nitrogen=1, aromatic=6, ring=1)]),
        ("c1ccc2ccccc2c1", [row(carbon=6, aromatic=6, ring=1)] * 2),
        ("C1CC2CCC1C2", [row(carbon=7, single=8, ring=1)]),
        ("C1CC11CC1", [row(carbon=3, single=3, ring=1)] * 2),
        ("[H]C([H])([H])O", [row(carbon=1, oxygen=1, single=1)]),
        (
            "CC(=O)Oc1ccccc1C(=O)O",
            [
                row(carbon=3, oxygen=2, single=3, double=1),
                row(carbon=2, oxygen=2, single=2, double=1),
                row(carbon=6, aromatic=6, ring=1),
            ],
        ),
    ],
)
def test_motifs_by_hand(smiles, expected):
    assert motifs(smiles) == sorted(expected)


@pytest.mark.parametrize(
    "smiles", ["C1CC1C1CC1", "C1CC2CCC1C2", "c1ccc2cccc-2cc1", "C12C3C4C1C5C2C3C45", "C1CC1=C1CC1"]
)
def test_ring_bonds_are_those_that_rdkit_calls_so(smiles):
    # They are recognised by both ends being in one ring; each has a carbon, none has a row of its own.
    mol = Chem.MolFromSmiles(smiles)
    chains = [bond for bond in mol.GetBonds() if not bond.IsInRing()]
    assert sum(1 - found[-1] for found in motifs(smiles)) == len(chains)


@pytest.mark.parametrize(
    ("residue", "ring"),
    [
        ("N(c1ccccc1)", row(carbon=6, aromatic=6, ring=1)),
        ("N(C12CC3CC(C1)CC(C3)C2)", row(carbon=10, single=10, ring=1)),
    ],
    ids=["phenyl", "adamantyl"],
)
def test_many_rings_are_as_many_motifs(residue, ring):
    assert [found for found in motifs(residue * 100) if found[-1]] == [ring] * 100


def test_counts_are_capped():
    assert motifs("C1" + "C" * 30 + "C1") == [row(carbon=10, single=10, ring=1)]


def test_heavy_hydrogens_are_atoms_of_the_graph_but_not_of_motifs():
    graph = featurize_mol(parse("[2H]CO"))
    assert len(graph.node_ids) == 3
    assert graph.motif_features.tolist() == [row(carbon=1, oxygen=1, single=1)]


def test_hydrogen_atoms_of_a_mol_do_not_change_its_motifs():
    mol = Chem.MolFromSmiles("CC(=O)Oc1ccccc1C(=O)O")
    assert sorted(featurize_mol(Chem.AddHs(mol)).motif_features.tolist()) == motifs(Chem.MolToSmiles(mol))


def crowded() -> Chem.Mol:
    mol = Chem.RWMol(Chem.MolFromSmiles("[U]"))
    for _ in range(11):
        mol.AddBond(0, mol.AddAtom(Chem.Atom(9)), Chem.BondType.SINGLE)
    return mol.GetMol()


def not_parsable_again() -> Chem.Mol:
    """Sanitised by hand with a hydrogen atom that has two bonds: its canonical SMILES is refused."""
    mol = Chem.MolFromSmiles("C[H]C", sanitize=False)
    mol.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(mol)
    return mol


@pytest.mark.parametrize(
    ("molecule", "reason"),
    [
        ("C", "no motif found"),
        ("C.C", "no motif found"),
        ("[CH3]", "no motif found"),
        ("N->[Cu]", "a bond is not single, double, triple or aromatic"),
        ("C$C", "a bond is not single, double, triple or aromatic"),
        (crowded(), "an atom has more than 10 neighbours"),
    ],
)
def test_every_fall_back_has_its_reason(molecule, reason):
    graph = featurize_mol(parse(molecule))
    assert graph.motif_fallback == reason
    assert graph.motif_features.shape == (0, 73)


def test_a_smiles_that_cannot_be_parsed_again_is_a_fall_back():
    assert featurize_mol(not_parsable_again()).motif_fallback == "canonical SMILES cannot be parsed again"


# First column and highest count of each element in a row.
COUNTED = {6: (CARBON, 10), 8: (OXYGEN, 5), 7: (NITROGEN, 5), 15: (23, 5), 16: (29, 5)}
WITH_HYDROGENS = [
    "[2H]CO",
    "[H]C([H])([H])O",
    "[2H]C([2H])=O",
    "[Na+].[H-]",
    "[H-].[Na+]",
    "[H+].[Cl-]",
    "OCC[NH3+].[H-].FC",
    "[13CH3][C@H](F)Cl",
]


@pytest.mark.parametrize("explicit", [False, True], ids=["as written", "hydrogens added"])
def test_the_atoms_of_a_motif_are_those_that_its_row_counts(explicit):
    for smiles in [*demo_molecules()[::4], *WITH_HYDROGENS]:
        mol = parse(smiles)
        mol = Chem.AddHs(mol) if explicit else mol
        rows, found = featurize_mol(mol).motif_features, motif_atoms(mol)
        assert len(rows) == len(found)
        for counts, motif in zip(rows, found, strict=True):
            numbers = [mol.GetAtomWithIdx(atom).GetAtomicNum() for atom in motif.atoms]
            for number, (first, highest) in COUNTED.items():
                assert counts[first + min(numbers.count(number), highest)], smiles
            assert bool(counts[72]) == motif.is_ring


def test_the_carbons_around_a_group_are_not_its_own():
    ester, acid, ring = motif_atoms(parse("CC(=O)Oc1ccccc1C(=O)O"))
    assert (ester.atoms, ester.own) == ((0, 1, 2, 3, 4), (1, 2, 3))
    assert (acid.atoms, acid.own) == ((9, 10, 11, 12), (10, 11, 12))
    assert ring.atoms == ring.own == (4, 5, 6, 7, 8, 9)


@pytest.mark.parametrize("molecule", ["C", "N->[Cu]", parse(crowded()), not_parsable_again()])
def test_where_there_are_no_rows_there_are_no_atoms(molecule):
    assert motif_atoms(molecule if isinstance(molecule, Chem.Mol) else parse(molecule)) == []
