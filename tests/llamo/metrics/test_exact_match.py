"""Exact match, against cases counted by hand, RDKit's InChI, and real reactions and molecules."""

import csv
import gzip
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem

from llamo.metrics.exact_match import ExactMatchScorer
from llamo.metrics.scorer import Pairs, score
from tests.paths import DATA

# answer, reference: same text, other text, other stereo, other molecule, invalid, empty, bad reference
ROWS = [
    ("CCO", "CCO"),
    ("OCC", "CCO"),
    ("C[C@H](N)O", "C[C@@H](N)O"),
    ("CC", "CCO"),
    ("C(", "CCO"),
    ("", "CCO"),
    ("CCO", "O=Cl(=O)(=O)F"),
]
MOLECULES = [
    "CCO",
    "c1ccccc1O",
    "C[C@@H](N)C(=O)O",
    "F/C=C/Cl",
    "[Na+].[Cl-]",
    "O=C1CCCN1",
    "[13CH4]",
    "OC(=O)c1ccccc1",
]


def scores(predictions, references) -> dict[str, float]:
    found = score(ExactMatchScorer(), Pairs(predictions, references), resamples=0)
    return {name: one.value for name, one in found.items()}


def test_each_way_to_count_has_its_own_rows():
    assert scores(*zip(*ROWS, strict=True)) == pytest.approx(
        {
            "exact": 2 / 6,
            "exact_of_valid": 2 / 4,
            "exact_no_stereo": 3 / 6,
            "exact_no_stereo_of_valid": 3 / 4,
            "exact_string": 1 / 7,
            "exact_inchi": 2 / 7,
            "bad_references": 1,
        }
    )


def test_tautomers_are_one_for_inchi_only():
    found = scores(["Oc1ccccn1"], ["O=c1cccc[nH]1"])
    assert (found["exact"], found["exact_inchi"]) == (0, 1)


def test_doubled_backslashes_are_the_same_molecule_but_another_text():
    found = scores(["C/C=C\\C"], ["C/C=C\\\\C"])
    assert (found["exact"], found["exact_string"]) == (1, 0)


def test_no_valid_answer_leaves_nothing_to_count_over():
    found = score(ExactMatchScorer(), Pairs(["", "C("], ["C", "C"]), resamples=20)
    assert found["exact"].to_dict() == {"value": 0, "low": 0, "high": 0}
    assert found["exact_of_valid"].to_dict() == {"value": None, "low": None, "high": None}


@given(st.lists(st.sampled_from(MOLECULES), min_size=1, max_size=4), st.integers(0, 1000))
def test_atoms_and_fragments_in_another_order_are_exact(fragments, seed):
    mol = Chem.MolFromSmiles(".".join(fragments))
    order = list(range(mol.GetNumAtoms()))
    random.Random(seed).shuffle(order)
    other = Chem.MolToSmiles(Chem.RenumberAtoms(mol, order), canonical=False)
    found = scores([other], [".".join(fragments)])
    assert (found["exact"], found["exact_no_stereo"], found["exact_inchi"]) == (1, 1, 1)


@given(st.lists(st.tuples(*[st.sampled_from([*MOLECULES, "OC=O", "C(", ""])] * 2), min_size=1, max_size=5))
def test_ignoring_stereo_never_lowers_a_score(rows):
    columns = ExactMatchScorer().measure(Pairs(*zip(*rows, strict=True)))
    known = columns["bad_reference"] == 0
    assert (columns["exact"][known] <= columns["exact_no_stereo"][known]).all()
    assert (columns["exact"][known] <= columns["exact_inchi"][known]).all()


def rows_of(name: str, count: int) -> list[dict[str, str]]:
    path = DATA / f"{name}.csv.gz"
    if not path.is_file():
        pytest.skip(f"no {path}")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [row for row, _ in zip(csv.DictReader(file), range(count), strict=False)]


def test_reactants_in_any_order_are_exact():
    references = [row["reactants"] for row in rows_of("uspto50k", 300)]
    found = scores([".".join(reversed(reactants.split("."))) for reactants in references], references)
    assert (found["exact"], found["exact_inchi"]) == (1, 1)
    assert found["exact_string"] < 0.5


def test_molecules_written_from_another_atom_are_exact():
    references = [row["SMILES"] for row in rows_of("chebi20_test", 300)]
    written = [Chem.MolToSmiles(Chem.MolFromSmiles(smiles), doRandom=True) for smiles in references]
    found = scores(written, references)
    assert (found["exact"], found["exact_no_stereo"], found["exact_inchi"]) == (1, 1, 1)
    assert found["exact_string"] < 0.1
