"""Fingerprint similarities, against RDKit's own functions as published evaluation code calls them."""

import math

import pytest
from rdkit import Chem, DataStructs, rdBase
from rdkit.Chem import AllChem, MACCSkeys

from llamo.metrics.fingerprints import FingerprintScorer
from llamo.metrics.scorer import Pairs, score

PAIRS = [
    ("CC(=O)Oc1ccccc1C(=O)O", "OC(=O)c1ccccc1O"),
    ("C[C@@H](N)C(=O)O", "C[C@H](N)C(=O)O"),
    ("CCCCCCCCCC", "CCCCCC"),
    ("[Na+].CC(=O)[O-]", "CC(=O)O"),
    ("Cn1c(=O)c2c(ncn2C)n(C)c1=O", "Cn1cnc2c1c(=O)[nH]c(=O)n2C"),
    ("OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O", "C1CCOCC1"),
]


def published(kind: str, one: str, other: str, radius: int) -> float:
    first, second = Chem.MolFromSmiles(one), Chem.MolFromSmiles(other)
    with rdBase.BlockLogs():
        prints = {
            "maccs": MACCSkeys.GenMACCSKeys,
            "rdk": Chem.RDKFingerprint,
            "morgan": lambda mol: AllChem.GetMorganFingerprint(mol, radius),
        }[kind]
        return DataStructs.TanimotoSimilarity(prints(first), prints(second))


@pytest.mark.parametrize("radius", [0, 2, 3])
@pytest.mark.parametrize("kind", ["maccs", "rdk", "morgan"])
def test_similarities_are_the_published_ones(kind, radius):
    columns = FingerprintScorer(radius=radius).measure(Pairs(*zip(*PAIRS, strict=True)))
    assert columns[kind].tolist() == [published(kind, *pair, radius) for pair in PAIRS]


def test_morgan_counts_and_does_not_only_ask_whether():
    # Atoms by environment of radius 0: CH3 2 and CH2 4 against CH3 2 and CH2 2, so 4 / 6.
    columns = FingerprintScorer(radius=0).measure(Pairs(["CCCCCC"], ["CCCC"]))
    assert columns["morgan"].tolist() == [pytest.approx(4 / 6)]


def test_only_rows_with_two_molecules_are_compared_and_their_number_is_told():
    pairs = Pairs(["CCO", "C(", "", "CC"], ["CCO", "CCO", "CCO", "O=Cl(=O)(=O)F"])
    found = {name: one.value for name, one in score(FingerprintScorer(), pairs, resamples=0).items()}
    assert found == {
        "maccs_similarity": 1,
        "rdk_similarity": 1,
        "morgan_similarity": 1,
        "compared_rows": 1,
        "bad_references": 1,
    }


def test_no_row_to_compare_has_no_similarity():
    assert math.isnan(score(FingerprintScorer(), Pairs([""], ["C"]), resamples=0)["morgan_similarity"].value)


def test_a_molecule_without_bonds_has_no_paths():
    assert FingerprintScorer().measure(Pairs(["[Na+].[Cl-]"], ["[Na+].[Cl-]"]))["rdk"].tolist() == [0]


def test_the_radius_is_printed():
    assert FingerprintScorer(radius=3).settings == {"morgan": "counts, not folded, radius 3"}


@pytest.mark.parametrize("radius", [-1, 1.5, True, "2"])
def test_a_radius_that_is_no_number_of_bonds_is_refused(radius):
    with pytest.raises(ValueError, match=r"radius of the Morgan fingerprint: got .*; give a number of bonds"):
        FingerprintScorer(radius=radius)
