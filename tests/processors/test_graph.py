"""Atom and bond features: by hand, against a slow second implementation, and under renumbering."""

import csv
import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem

from processors.graph import MoleculeGraph, featurize_mol
from processors.molecule import MoleculeError, parse
from tests.paths import GOLDEN
from tests.processors import reference_features
from tests.processors.molecules import demo_molecules
from tests.processors.test_structure import atropisomer

DATA = GOLDEN.parent / "data"
HARD = [
    "[Na+].[Cl-]",
    "CC(=O)[O-].CC(=O)[O-].[Zn+2]",
    "[H]",
    "[H][H]",
    "[2H]C([2H])O",
    "[2H][2H]",
    "[H+]",
    "[CH3]",
    "C[C](C)C",
    "[O][O]",
    "[Fe]",
    "*",
    "*CC*",
    "N->[Cu]",
    "C$C",
    "F[Pt@SP1](Cl)(Br)I",
    "F[Co@OH1](Cl)(Br)(I)(N)O",
    "FS(F)(F)(F)(F)F",
    "[U](F)(F)(F)(F)(F)(F)(F)(F)(F)(F)F",
    "[B-](F)(F)(F)F",
    "[13CH4]",
    "C1" + "C" * 30 + "C1",
    "C1CC2CCC1CC2",
    "C1C2CC3CC1CC(C2)C3",
    "C12C3C4C1C5C2C3C45",
    "OC1(O)OC1",
    "CC(OC)OC",
    "S1C=CC(=O)N1",
    "[se]1cccc1",
    "[O-][n+]1ccccc1",
    "C#CC=C=C",
    "OP(=O)(O)OP(=O)(O)O",
    "C/C=C/C=C\\C",
    "FC(Cl)(Br)I",
    "C" * 1000,
]


def chebi_molecules(*names: str) -> list[str]:
    molecules = []
    for name in names:
        with gzip.open(DATA / f"chebi20_{name}.csv.gz", "rt", encoding="utf-8") as file:
            molecules += [row["SMILES"] for row in csv.DictReader(file)]
    return molecules


needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"no shared molecules at {DATA}")


def assert_same_as_reference(smiles: str):
    mol, graph = Chem.MolFromSmiles(smiles), featurize_mol(parse(smiles))
    edge_index, edge_ids = reference_features.edge_rows(mol)
    assert graph.node_ids.tolist() == reference_features.node_rows(mol), smiles
    assert graph.edge_index.tolist() == edge_index, smiles
    assert graph.edge_ids.tolist() == edge_ids, smiles
    assert sorted(graph.motif_features.tolist()) == reference_features.motif_rows(smiles), smiles
    assert graph.smiles == Chem.MolToSmiles(mol)
    assert (graph.motif_fallback is None) == (len(graph.motif_features) > 0)


def test_the_demo_molecules_equal_the_reference():
    for smiles in demo_molecules():
        assert_same_as_reference(smiles)


@pytest.mark.parametrize("smiles", HARD, ids=lambda smiles: smiles[:24])
def test_hard_cases_equal_the_reference(smiles):
    assert_same_as_reference(smiles)


@needs_data
def test_a_sample_of_chebi_equals_the_reference():
    for smiles in chebi_molecules("validation", "test")[::20]:
        assert_same_as_reference(smiles)


@needs_data
@pytest.mark.slow
def test_all_of_chebi_validation_and_test_equal_the_reference():
    for smiles in chebi_molecules("validation", "test"):
        assert_same_as_reference(smiles)


def test_aspirin_by_hand():
    graph = featurize_mol(parse("CC(=O)Oc1ccccc1C(=O)O"))
    ring_ch, ring_c = [5, 0, 3, 5, 1, 0, 1, 1, 1], [5, 0, 3, 5, 0, 0, 1, 1, 1]
    carbonyl, oxo, oxygen = [5, 0, 3, 5, 0, 0, 1, 0, 0], [7, 0, 1, 5, 0, 0, 1, 0, 0], [7, 0, 2, 5, 0, 0, 1, 0, 0]
    hydroxyl = [7, 0, 2, 5, 1, 0, 1, 0, 0]
    assert graph.node_ids.tolist() == [
        [5, 0, 4, 5, 3, 0, 2, 0, 0],
        *(carbonyl, oxo, oxygen, ring_c, ring_ch, ring_ch, ring_ch, ring_ch, ring_c, carbonyl, oxo, hydroxyl),
    ]
    assert graph.edge_index[::2].tolist() == [
        *([0, 1], [1, 2], [1, 3], [3, 4], [4, 5], [5, 6], [6, 7], [7, 8], [8, 9], [9, 10], [10, 11], [10, 12], [9, 4])
    ]
    single, double, aromatic = [0, 0, 1], [1, 0, 1], [3, 0, 1]
    assert graph.edge_ids[::2].tolist() == [
        *([0, 0, 0], double, single, single),
        *[aromatic] * 5,
        *(single, double, single, aromatic),
    ]


def test_both_directions_of_a_bond_follow_each_other_with_equal_features():
    graph = featurize_mol(parse("C/C=C/C#N"))
    assert np.array_equal(graph.edge_index[::2], graph.edge_index[1::2, ::-1])
    assert np.array_equal(graph.edge_ids[::2], graph.edge_ids[1::2])
    assert graph.edge_ids[2].tolist() == [1, 2, 1]


def test_shapes_and_types_without_bonds():
    graph = featurize_mol(parse("C"))
    assert (graph.node_ids.shape, graph.edge_index.shape, graph.edge_ids.shape) == ((1, 9), (0, 2), (0, 3))
    assert {graph.node_ids.dtype, graph.edge_index.dtype, graph.edge_ids.dtype} == {np.dtype(np.int64)}
    assert (graph.motif_features.shape, graph.motif_features.dtype) == ((0, 73), np.uint8)


def test_arrays_can_be_written_to():
    graph = featurize_mol(parse("CCO"))
    assert all(
        getattr(graph, name).flags.writeable for name in ("node_ids", "edge_index", "edge_ids", "motif_features")
    )


@pytest.mark.parametrize("smiles", ["F[Pt@SP1](Cl)(Br)I", "F[Co@OH1](Cl)(Br)(I)(N)O"])
def test_chirality_that_is_not_tetrahedral_is_other(smiles):
    assert featurize_mol(parse(smiles)).node_ids[1, 1] == 3


SQUARE_PLANAR = "C[Pt@SP1](F)(Cl)Br"


@pytest.mark.parametrize(("num_chirality_tags", "expected"), [(3, 0), (4, 3), (5, 4)])
def test_chirality_beyond_other_depends_on_the_encoders_number(num_chirality_tags, expected):
    graph = featurize_mol(parse(SQUARE_PLANAR), num_chirality_tags=num_chirality_tags)
    assert graph.node_ids[:, 1].tolist() == [0, expected, 0, 0, 0]


@pytest.mark.parametrize(("num_chirality_tags", "expected"), [(3, 0), (4, 3), (5, 3)])
def test_rdkits_other_chirality_has_row_3_where_there_is_one(num_chirality_tags, expected):
    mol = Chem.MolFromSmiles(SQUARE_PLANAR)
    mol.GetAtomWithIdx(1).SetChiralTag(Chem.ChiralType.CHI_OTHER)
    assert featurize_mol(mol, num_chirality_tags=num_chirality_tags).node_ids[1, 1] == expected


def test_a_number_of_chirality_tags_that_no_encoder_has_is_refused():
    with pytest.raises(ValueError, match="num_chirality_tags must be 3, 4 or 5, got 6"):
        featurize_mol(parse("C"), num_chirality_tags=6)


@pytest.mark.parametrize("num_chirality_tags", [3, 4, 5])
@pytest.mark.parametrize("smiles", ["C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O", "CC(=O)Oc1ccccc1C(=O)O"])
def test_tetrahedral_chirality_is_the_same_for_every_encoder(smiles, num_chirality_tags):
    assert same(featurize_mol(parse(smiles), num_chirality_tags=num_chirality_tags), featurize_mol(parse(smiles)))


def test_rows_are_independent_of_what_was_read_before():
    one, other = featurize_mol(parse("C[C@H](N)C(=O)[O-]")), featurize_mol(parse("C[C@H](N)C(=O)[O-]"))
    one.node_ids[:], one.edge_ids[:], one.motif_features[:] = 7, 7, 7
    assert same(featurize_mol(parse("C[C@H](N)C(=O)[O-]")), other)


def test_a_wildcard_is_the_last_element():
    assert featurize_mol(parse("*C")).node_ids[0, 0] == 118


def test_an_atropisomer_is_refused_with_the_way_to_strip_it():
    with pytest.raises(MoleculeError, match=r"row 4: .*STEREOATROPCW.*SetStereo\(Chem.BondStereo.STEREONONE\)"):
        featurize_mol(parse(atropisomer()), row=4)


def test_a_kekulised_mol_reads_as_its_aromatic_smiles():
    mol = Chem.MolFromSmiles("Cc1ccccc1")
    Chem.Kekulize(mol, clearAromaticFlags=True)
    assert same(featurize_mol(parse(mol)), featurize_mol(parse("Cc1ccccc1")))


def same(one: MoleculeGraph, other: MoleculeGraph) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in vars(one))


LAW = [*HARD[:-1], *demo_molecules()[::10]]


@settings(deadline=None, max_examples=100)
@given(smiles=st.sampled_from(LAW), random=st.randoms(use_true_random=False))
def test_renumbered_atoms_give_permuted_features_and_the_same_motifs(smiles, random):
    mol = parse(smiles)
    order = list(range(mol.GetNumAtoms()))
    random.shuffle(order)
    one, other = featurize_mol(mol), featurize_mol(parse(Chem.RenumberAtoms(mol, order)))
    columns = [0, 2, 3, 4, 5, 6, 7, 8]  # a chirality tag depends on the order of the neighbours
    assert np.array_equal(one.node_ids[order][:, columns], other.node_ids[:, columns])
    assert np.array_equal(one.node_ids[order][:, 1] == 0, other.node_ids[:, 1] == 0)
    assert edge_set(one.edge_index, one.edge_ids) == edge_set(np.array(order)[other.edge_index], other.edge_ids)
    assert motif_set(one) == motif_set(other)


@settings(deadline=None, max_examples=100)
@given(smiles=st.sampled_from(LAW), seed=st.integers(1, 2**31 - 1))
def test_a_rewritten_smiles_gives_the_same_atoms_and_motifs(smiles, seed):
    mol = parse(smiles)
    one = featurize_mol(mol)
    other = featurize_mol(parse(Chem.MolToRandomSmilesVect(mol, 1, randomSeed=seed)[0]))
    columns = [0, 2, 3, 4, 5, 6, 7, 8]
    assert sorted(one.node_ids[:, columns].tolist()) == sorted(other.node_ids[:, columns].tolist())
    assert sorted(one.edge_ids.tolist()) == sorted(other.edge_ids.tolist())
    assert motif_set(one) == motif_set(other)
    assert one.motif_fallback == other.motif_fallback


def edge_set(index: np.ndarray, ids: np.ndarray) -> list:
    return sorted(map(tuple, np.concatenate([index, ids], axis=1).tolist()))


def motif_set(graph: MoleculeGraph) -> list:
    return sorted(graph.motif_features.tolist())
