"""Tables of answers are read back as they were."""

import pandas as pd
import pytest

from llamo.molecule_files.reading import read_file
from llamo.molecule_files.writing import check_writable, write_table

RECORDS = [{"smiles": "CCO", "n": 1, "confidence": 0.5}, {"smiles": "C,", "n": None, "confidence": None, "tags": ["a"]}]
COLUMNS = {"smiles": {str}, "n": {int, type(None)}, "tags": {list}, "confidence": {float, type(None)}}


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.jsonl", "out.jsonl.gz", "out.parquet"])
def test_rows_are_read_back(tmp_path, name):
    path = tmp_path / name
    write_table(path, RECORDS, COLUMNS)
    assert [row.text for row in read_file(path)] == ["CCO", "C,"]


def test_parquet_keeps_numbers(tmp_path):
    write_table(tmp_path / "out.parquet", RECORDS, COLUMNS)
    table = pd.read_parquet(tmp_path / "out.parquet")
    assert table["confidence"].dtype == float and table["n"][0] == 1 and table["tags"][1] == '["a"]'


def test_a_table_without_rows_has_its_columns(tmp_path):
    write_table(tmp_path / "out.parquet", [], COLUMNS)
    assert list(pd.read_parquet(tmp_path / "out.parquet").columns) == list(COLUMNS)


@pytest.mark.parametrize("name", ["out.sdf", "out.parquet.gz", "out"])
def test_other_formats_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match=r"answers are written to .jsonl, .csv, .parquet"):
        check_writable(tmp_path / name)
