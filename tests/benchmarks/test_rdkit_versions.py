"""Comparing what two RDKit releases make of molecules."""

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.rdkit_versions import compare, record


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with gzip.open(tmp_path / "some.csv.gz", "wt") as file:
        file.write("name,SMILES\na,CCO\nb,c1ccccc1\nc,CC(\nd,CCO\n")
    return tmp_path


def test_the_same_release_differs_in_nothing(data, tmp_path):
    record(tmp_path / "one", data)
    record(tmp_path / "two", data)
    assert compare(tmp_path / "one", tmp_path / "two") == {}
    lines = [json.loads(line) for line in (tmp_path / "one").read_text().splitlines()]
    assert [smiles for smiles, _ in lines] == ["CC(", "CCO", "c1ccccc1"] and lines[0][1] == {}


def test_what_differs_is_named_by_column(data, tmp_path):
    record(tmp_path / "one", data)
    lines = [json.loads(line) for line in (tmp_path / "one").read_text().splitlines()]
    lines[1][1]["charge"] = "other"
    lines[2][1] = {}
    (tmp_path / "two").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert compare(tmp_path / "one", tmp_path / "two") == {"charge": ["CCO"], "what can be read": ["c1ccccc1"]}


def test_records_of_other_molecules_are_refused(data, tmp_path):
    record(tmp_path / "one", data)
    (tmp_path / "two").write_text((tmp_path / "one").read_text().replace("CCO", "CCN"))
    with pytest.raises(ValueError, match="other molecules: 'CCO' and 'CCN'"):
        compare(tmp_path / "one", tmp_path / "two")
