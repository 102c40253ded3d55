"""Similarities of molecules are RDKit's, whatever way they are counted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem
from rdkit.Chem import DataStructs, rdFingerprintGenerator

from llamo.demo.molecules import read_molecules
from processors.molecule_index import MoleculeIndex, bits_of

SMILES = [molecule.smiles for molecule in read_molecules()]


def fingerprint(smiles: str):
    return rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048).GetFingerprint(Chem.MolFromSmiles(smiles))


def index(rows) -> MoleculeIndex:
    return MoleculeIndex(rows, places=[f"training row {number}" for number in range(len(rows))])


def test_similarities_are_those_of_rdkit_to_the_last_bit():
    fingerprints = [fingerprint(smiles) for smiles in SMILES]
    all_of_them = index([(smiles,) for smiles in SMILES])
    for smiles, one in zip(SMILES[:50], fingerprints[:50], strict=True):
        expected = DataStructs.BulkTanimotoSimilarity(one, fingerprints)
        assert all_of_them.similarities((smiles,), place="row 0").tolist() == expected


def test_bits_are_those_of_rdkit():
    assert bits_of("OC(=O)c1ccccc1", "row 0").tolist() == list(fingerprint("OC(=O)c1ccccc1").GetOnBits())


def test_several_molecules_count_by_their_mean_in_order():
    pairs = index([("CCO", "c1ccccc1"), ("c1ccccc1", "CCO"), ("CCO", "CCO")])
    apart = DataStructs.TanimotoSimilarity(fingerprint("CCO"), fingerprint("c1ccccc1"))
    assert pairs.similarities(("CCO", "c1ccccc1"), place="row 0").tolist() == [1.0, apart, (1 + apart) / 2]


def test_a_molecule_that_one_side_lacks_counts_nothing():
    rows = index([("CCO",), ("CCO", "CN")])
    assert rows.similarities(("CCO",), place="row 0").tolist() == [1.0, 0.5]
    assert rows.similarities(("CCO", "CN", "CC"), place="row 0").tolist() == pytest.approx([1 / 3, 2 / 3])


@settings(max_examples=50)
@given(st.lists(st.lists(st.sampled_from(SMILES), min_size=1, max_size=3), min_size=1, max_size=5), st.randoms())
def test_similarity_is_symmetric_and_one_only_at_most(rows, random):
    first, second = random.choice(rows), random.choice(rows)
    there = index([second]).similarities(first, place="row 0")[0]
    back = index([first]).similarities(second, place="row 0")[0]
    assert there == pytest.approx(back)
    assert 0 <= there <= 1 + 1e-12
    assert np.isclose(index([first]).similarities(first, place="row 0")[0], 1)


def test_an_unreadable_molecule_names_its_place():
    with pytest.raises(ValueError, match=r"training row 1: cannot read molecule 'CC\(C'"):
        index([("CCO",), ("CC(C",)])
    with pytest.raises(ValueError, match="row 9: cannot read molecule 'C1CC'"):
        index([("CCO",)]).similarities(("C1CC",), place="row 9")
