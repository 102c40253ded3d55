"""Molecule files of every kind give the same rows; a broken row is a row."""

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from rdkit import Chem

from llamo.molecule_files.naming import read_rows
from llamo.molecule_files.reading import read_file, read_texts

ROWS = [("CCO", "ethanol"), ("C1CC", "broken"), ("C[C@H](N)C(=O)O", "alanine")]


def sdf_record(smiles: str, name: str) -> str:
    mol = Chem.MolFromSmiles(smiles)
    block = (
        Chem.MolToMolBlock(mol) if mol else "\n  broken\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\nnonsense\nM  END\n"
    )
    return f"{name}\n" + block.split("\n", 1)[1] + f">  <note>\n{name} of\ntwo lines\n\n>  <empty>\n\n\n$$$$\n"


def content(ending: str) -> bytes:
    if ending == "parquet":
        import pyarrow as pa
        from pyarrow import parquet

        buffer = io.BytesIO()
        parquet.write_table(pa.table({"SMILES": [one for one, _ in ROWS], "name": [name for _, name in ROWS]}), buffer)
        return buffer.getvalue()
    if ending == "csv":
        text = io.StringIO()
        csv.writer(text).writerows([("SMILES", "name"), *ROWS])
        return text.getvalue().encode()
    records = [{"SMILES": smiles, "name": name} for smiles, name in ROWS]
    lines = {
        "jsonl": "".join(json.dumps(record) + "\n" for record in records),
        "json": json.dumps(records),
        "smi": "".join(f"{smiles}\t{name}\n" for smiles, name in ROWS) + "\n",
        "sdf": "".join(sdf_record(*row) for row in ROWS),
    }
    return lines[ending].encode()


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("ending", ["csv", "jsonl", "json", "parquet", "smi", "sdf"])
def test_every_format_gives_the_same_rows(tmp_path, ending, packed):
    if ending == "parquet" and packed:
        pytest.skip("Parquet is packed in itself")
    path = tmp_path / f"in.{ending}{'.gz' if packed else ''}"
    path.write_bytes(gzip.compress(content(ending)) if packed else content(ending))
    rows = read_rows(list(read_file(path)))
    assert [row.number for row in rows] == [0, 1, 2]
    assert [row.smiles for row in rows] == ["CCO", "", "C[C@H](N)C(=O)O"]
    assert [row.columns["name"] for row in rows] == [name for _, name in ROWS]
    assert [bool(row.error) for row in rows] == [False, True, False] and "\n" not in rows[1].error


def test_data_items_of_an_sdf_are_kept_even_where_the_molecule_is_broken(tmp_path):
    path = tmp_path / "in.sdf"
    path.write_bytes(content("sdf"))
    assert [row.columns["note"] for row in read_file(path)] == [f"{name} of\ntwo lines" for _, name in ROWS]
    assert [row.columns["empty"] for row in read_file(path)] == ["", "", ""]


def test_a_line_that_is_no_json_is_a_row_with_an_error(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"smiles": "C", "mass": 16}\nnonsense\n{"mass": 3}\n')
    rows = list(read_file(path))
    assert [row.number for row in rows] == [0, 1, 2] and rows[0].columns == {"smiles": "C", "mass": 16}
    assert "JSON" in rows[1].error and rows[2].error == "no text is in column 'smiles'"


def test_arguments_are_rows_and_empty_lines_are_none():
    assert [(row.number, row.text) for row in read_texts(["CCO\n", "\n", " C "])] == [(0, "CCO"), (1, "C")]


def test_a_file_is_read_while_it_is_used(tmp_path):
    path = tmp_path / "in.smi"
    path.write_text("C\n" * 100_000)
    rows = read_file(path)
    assert next(rows).text == "C" and next(rows).number == 1


@pytest.mark.parametrize(
    ("name", "text", "options", "message"),
    [
        ("in.xlsx", "", {}, "files of molecules end in .csv"),
        ("in.smi", "C", {"column": "x"}, "has no column to choose"),
        ("in.csv", "a,b\nC,1\n", {}, "which column holds the molecules. there are a, b; name one by --column"),
        ("in.csv", "a,b\nC,1\n", {"column": "c"}, "no column 'c'; there are a, b"),
    ],
)
def test_a_wrong_file_or_column_is_refused(tmp_path, name, text, options, message):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        list(read_file(path, **options))
    with pytest.raises(ValueError, match="no such file"):
        read_file(Path("nowhere.smi"))


def test_a_record_that_was_cut_off_is_not_read_as_another_molecule(tmp_path):
    block = Chem.MolToMolBlock(Chem.MolFromSmiles("C[NH+](C)C"))
    path = tmp_path / "in.sdf"
    path.write_text(f"{block}$$$$\n{block.split('M  CHG')[0]}")
    rows = read_rows(list(read_file(path)))
    assert [row.smiles for row in rows] == ["C[NH+](C)C", ""] and "no line 'M  END'" in rows[1].error


@pytest.mark.parametrize("name", ["in.smi.gz", "in.sdf.gz", "in.jsonl.gz"])
@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_a_broken_packed_file_is_told_in_one_line(tmp_path, name, damage):
    packed = gzip.compress("".join(f'{{"smiles": "{"C" * (n % 50)}", "n": {n * n}}}\n' for n in range(4000)).encode())
    path = tmp_path / name
    path.write_bytes(packed[:-900] if damage == "cut" else packed[:300] + b"\xff" * 40 + packed[340:])
    with pytest.raises(ValueError, match=rf"{name}: cannot be read.*; the file is damaged"):
        list(read_file(path))


def test_rows_of_json_that_cannot_be_read_or_written_have_a_reason(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"smiles": "C"}\n' + "[" * 50_000 + '\n{"smiles": "CC", "note": "\\ud800"}\n{"smiles": "CCC"}\n')
    rows = read_rows(list(read_file(path)))
    assert [row.smiles for row in rows] == ["C", "", "", "CCC"]
    assert "no JSON" in rows[1].error and "half of a surrogate pair" in rows[2].error
