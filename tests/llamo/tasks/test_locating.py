"""Data are found in a named file, in the data folder, or on the Hub, or it is said where they were looked for."""

import gzip

import pytest

from llamo.data import DataSource
from llamo.data.reading import open_table
from llamo.tasks import get_task, locating, open_examples
from llamo.tasks.locating import open_data_file, open_split
from tests.llamo.data.files import write_csv, write_jsonl

ESOL = get_task("esol")


def test_the_environment_names_the_folder(folder, monkeypatch):
    monkeypatch.setenv("LLAMO_DATA", str(folder))
    assert len(open_examples(ESOL)) == len(open_examples(ESOL, data_folder=folder))


def test_a_local_file_comes_before_the_hub(folder, monkeypatch):
    opened = []
    monkeypatch.setattr(locating, "_open", lambda source: opened.append(source.path))
    open_split(ESOL, "test", data_folder=folder)
    assert opened == [str(folder / "esol.csv.gz")]


def test_without_a_local_file_the_hub_is_asked(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(locating, "_open", lambda source: opened.append((source.path, source.split)))
    open_split(get_task("description-chebi20"), "test", data_folder=tmp_path)
    assert opened == [("liupf/ChEBI-20-MM", "test")]


def test_data_that_are_nowhere_are_an_error_with_the_ways_out(tmp_path):
    with pytest.raises(ValueError) as raised:
        open_examples(ESOL, data_folder=tmp_path)
    message = str(raised.value)
    for part in ("esol, split test: no data", f"{tmp_path} has no esol.csv.gz", "scikit-fingerprints/MoleculeNet_ESOL"):
        assert part in message
    for way in ("--data", "put esol.csv.gz into a folder", "--data-folder", "LLAMO_DATA"):
        assert way in message
    assert "\n" not in message


def test_data_that_are_not_on_the_hub_are_said_to_be_not():
    with pytest.raises(
        ValueError, match="no data folder is named, and it is not on the Hub in a form that can be read"
    ):
        open_examples(get_task("iupac"))


def test_several_files_of_a_split_are_read_one_after_the_other(folder):
    opened = open_split(get_task("description-chebi20"), "train", data_folder=folder)
    assert [one.source.title for one in opened] == ["chebi20_train_partial.csv.gz", "pubchem_captions.csv.gz"]


def test_a_folder_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="data folder nowhere: no such folder"):
        open_examples(ESOL, data_folder="nowhere")


def test_a_split_that_is_not_there_is_named(folder):
    with pytest.raises(ValueError, match="esol: no split 'dev'; it has train, validation, test"):
        open_examples(ESOL, "dev", data_folder=folder)


def test_a_file_with_the_task_s_columns_is_read_whole(folder):
    examples = open_examples(ESOL, data_file=folder / "esol.csv.gz")
    assert len(examples) == 40
    assert examples[1].target == "-1.500"


def test_a_file_with_the_columns_of_the_hub_is_read(tmp_path):
    path = write_csv(tmp_path / "hub.csv", [{"SMILES": "CCO", "label": "-1"}])
    assert open_examples(ESOL, data_file=path)[0].target == "-1.000"


def test_backslashes_are_undone_in_a_file_of_chebi20(folder):
    examples = open_examples(get_task("description-chebi20"), data_file=folder / "chebi20_test.csv.gz")
    assert examples[0].molecules == ("C/C=C\\C",)


def test_a_plain_file_is_known_by_its_columns(tmp_path):
    path = write_csv(tmp_path / "plain.csv", [{"smiles": "CCO", "target": "-1"}])
    assert open_data_file(ESOL, path).is_plain


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n", "has columns a, b; esol needs SMILES, label or measured log .*, smiles or smiles, target"),
        ("smiles,target\n", r"rows\.csv: no row is in it"),
    ],
)
def test_a_file_of_other_columns_is_refused(tmp_path, content, message):
    (tmp_path / "rows.csv").write_text(content)
    with pytest.raises(ValueError, match=message):
        open_examples(ESOL, data_file=tmp_path / "rows.csv")


def test_a_column_of_where_that_is_not_there_is_named(tmp_path):
    path = write_csv(tmp_path / "rows.csv", [{"smiles": "C"}])
    with pytest.raises(ValueError, match="no column 'split'; there are smiles"):
        open_table(DataSource(path, where={"split": "test"}))


def test_rows_keep_all_their_columns_and_their_numbers(tmp_path):
    path = write_csv(tmp_path / "rows.csv", [{"a": str(row), "b": str(row % 2)} for row in range(6)])
    rows = open_table(DataSource(path, where={"b": "1"}, max_rows=2))
    assert list(rows) == [(1, {"a": "1", "b": "1"}), (3, {"a": "3", "b": "1"})]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"none\.csv: no such file"):
        open_examples(ESOL, data_file=tmp_path / "none.csv")


def test_a_first_line_that_is_no_json_is_named(tmp_path):
    (tmp_path / "rows.jsonl").write_text("{\n")
    with pytest.raises(ValueError, match=r"rows\.jsonl, row 0: the line is no JSON"):
        open_examples(ESOL, data_file=tmp_path / "rows.jsonl")


def test_a_later_line_that_is_no_json_is_left_out(tmp_path):
    path = write_jsonl(tmp_path / "rows.jsonl", [{"smiles": "CCO", "target": 1.5}])
    with open(path, "a") as file:
        file.write("{\n")
    examples = open_examples(ESOL, data_file=path)
    assert [example.target for example in examples] == ["1.5"]
    assert [(bad.source, bad.row, bad.category) for bad in examples.left_out] == [("rows.jsonl", 1, "schema")]


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "esol.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n1,2,3\n"))
    with pytest.raises(ValueError, match=r"esol\.csv\.gz: cannot be read"):
        open_examples(ESOL, data_folder=tmp_path)
