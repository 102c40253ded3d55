"""Public caption data sets, where they are at hand: rows, the one molecule RDKit refuses, and leaks between splits."""

import pytest

from llamo.data import DataSource, check_leakage, encode_source, open_source
from llamo.data.structures import bad_rows_of, structures_of
from tests.paths import DATA

# Rows whose molecule is in neither validation nor test of ChEBI-20.
TRAIN = {"chebi20_split": ["", "train", "train*"]}

pytestmark = pytest.mark.skipif(not (DATA / "pubchem_captions.csv.gz").is_file(), reason=f"no caption data in {DATA}")


def captions(name: str, **settings) -> DataSource:
    return DataSource(
        str(DATA / f"{name}.csv.gz"),
        columns={"smiles": "SMILES", "output": "description"},
        instruction="Describe the molecule.",
        undo_doubled_backslashes=True,
        **settings,
    )


def test_the_training_rows_are_all_there():
    assert len(open_source(captions("pubchem_captions", where=TRAIN)).dataset) == 10_846


def test_encoding_reports_the_one_unreadable_molecule(processor):
    encoded = encode_source(captions("pubchem_captions", where=TRAIN | {"source_id": ["12072", "442104"]}), processor)
    assert (encoded.summary.rows_out, encoded.summary.bad) == (1, {"molecule": 1})


@pytest.mark.slow
def test_exactly_one_molecule_cannot_be_read():
    found = structures_of(open_source(captions("pubchem_captions")), num_proc=2)
    assert [bad.value for _, bad in bad_rows_of(found["bad"])] == ["'O=Cl(=O)(=O)F'"]


@pytest.mark.slow
def test_leaks_are_found_exactly_where_the_split_column_says():
    held_out = [captions(f"chebi20_{split}") for split in ("validation", "test")]
    options = {"policy": "drop", "ignore_stereo": False, "num_proc": 2}
    assert check_leakage([captions("pubchem_captions", where=TRAIN)], held_out, **options).leaks == []
    assert len(check_leakage([captions("pubchem_captions")], held_out, **options).leaks) == 11_913 - 10_846
