"""Names as molecules: with a stand-in for OPSIN, and with OPSIN where it is installed."""

import csv
import gzip
import math

import pytest

from llamo.metrics import iupac_structure
from llamo.metrics.iupac_structure import IupacStructureScorer
from llamo.metrics.opsin import Opsin
from llamo.metrics.scorer import Pairs, score
from tests.paths import DATA

READS = {"ethanol": "CCO", "ethyl alcohol": "OCC", "L-alanine": "C[C@H](N)C(=O)O", "D-alanine": "C[C@@H](N)C(=O)O"}


class StandIn:
    """Reads four names."""

    version = "0"

    def read(self, names):
        return {name: READS[name] for name in names if name in READS}


@pytest.fixture
def scorer(monkeypatch) -> IupacStructureScorer:
    monkeypatch.setattr(iupac_structure.Opsin, "find", lambda: StandIn())
    return IupacStructureScorer()


def values(scorer: IupacStructureScorer, pairs: Pairs) -> dict[str, float]:
    return {name: one.value for name, one in score(scorer, pairs, resamples=0).items()}


def test_names_are_compared_with_the_molecule(scorer):
    pairs = Pairs(
        ["ethyl alcohol", "D-alanine", "ethanol", "alcohol!", ""],
        ["an unreadable name", "L-alanine", "L-alanine", "ethanol", "ethanol"],
        smiles=["CCO", "C[C@H](N)C(=O)O", "C[C@H](N)C(=O)O", "CCO", "CCO"],
    )
    assert values(scorer, pairs) == pytest.approx(
        {
            "structure_accuracy": 1 / 5,
            "structure_accuracy_of_readable": 1 / 3,
            "structure_accuracy_no_stereo": 2 / 5,
            "structure_accuracy_no_stereo_of_readable": 2 / 3,
            "name_readable": 3 / 5,
            "reference_readable": 4 / 5,
            "bad_references": 0,
        }
    )


@pytest.mark.parametrize("smiles", [None, ["", "C(", ""]])
def test_without_the_molecule_the_reference_is_read(scorer, smiles):
    found = values(scorer, Pairs(["ethyl alcohol", "x", "x"], ["ethanol", "ethanol", "?"], smiles=smiles))
    assert (found["structure_accuracy"], found["bad_references"]) == (0.5, 1)


def test_a_row_of_an_unknown_molecule_applies_to_no_accuracy(scorer):
    assert math.isnan(values(scorer, Pairs(["ethanol"], ["?"]))["structure_accuracy"])


def test_the_version_is_printed(scorer):
    assert scorer.settings == {"opsin": "0"}


def test_a_missing_opsin_is_told_before_anything_is_measured(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(ValueError, match="there is no `java`"):
        IupacStructureScorer()


def with_opsin() -> IupacStructureScorer:
    try:
        Opsin.find()
    except ValueError as error:
        pytest.skip(str(error))
    return IupacStructureScorer()


def test_opsin_tells_synonyms_from_other_molecules():
    pairs = Pairs(["ethyl\nalcohol", "ethyl alcohol", "methanol"], ["ethanol"] * 3)
    assert with_opsin().measure(pairs)["structure"].tolist() == [1, 1, 0]


def test_real_names_mean_their_molecules():
    path = DATA / "iupac_pubchem324k.csv.gz"
    if not path.is_file():
        pytest.skip(f"no {path}")
    scorer = with_opsin()
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row, _ in zip(csv.DictReader(file), range(100), strict=False)]
    names, smiles = [row["iupac"] for row in rows], [row["SMILES"] for row in rows]
    found = values(scorer, Pairs(names, names, smiles=smiles))
    assert found["name_readable"] > 0.85
    assert found["structure_accuracy_of_readable"] > 0.95
