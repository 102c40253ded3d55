"""Files, saved folders and Hub ids are opened, or refused in one clear line."""

import json

import pytest
from datasets import Dataset, DatasetDict

from llamo.data import DataSource, open_rows, open_source
from llamo.data.rows import RowReader
from tests.llamo.data.files import GOOD, row, write_csv, write_jsonl

ODD = [
    row("N", "None", number="007"),
    row("C/C=C\\C", 'say "hi", twice\nor more', number="1.50"),
    row("NA", "", number="NA"),
]


def opened_rows(source: DataSource) -> list[dict]:
    records = list(open_source(source).dataset)
    return [json.loads(record["json"]) if "json" in record else record for record in records]


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz"])
@pytest.mark.parametrize("streaming", [False, True])
def test_csv_keeps_every_cell_as_the_text_it_is(tmp_path, name, streaming):
    path = write_csv(tmp_path / name, ODD)
    read = opened_rows(DataSource(path, streaming=streaming, columns={"system": "number"}))
    assert [{name: values[name] for name in ODD[0]} for values in read] == ODD


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz", "rows.json"])
@pytest.mark.parametrize("streaming", [False, True])
def test_json_lines_keep_types_that_are_mixed(tmp_path, name, streaming):
    rows = [row("C", "1.50"), row(["C", "CC"], "x"), {"messages": [{"role": "user", "content": "null"}]}]
    path = write_jsonl(tmp_path / name, rows)
    assert opened_rows(DataSource(path, streaming=streaming)) == rows


@pytest.mark.parametrize("streaming", [False, True])
def test_a_json_list_is_read_too(tmp_path, streaming):
    (tmp_path / "rows.json").write_text(json.dumps([GOOD, row("C", "1.50")]))
    rows = opened_rows(DataSource(str(tmp_path / "rows.json"), streaming=streaming))
    assert rows == [GOOD, row("C", "1.50")]


@pytest.mark.parametrize("streaming", [False, True])
def test_parquet_is_read(tmp_path, streaming):
    Dataset.from_list([GOOD, GOOD]).to_parquet(tmp_path / "rows.parquet")
    read = opened_rows(DataSource(str(tmp_path / "rows.parquet"), streaming=streaming))
    assert [values["row"] for values in read] == [0, 1]
    assert {name: read[1][name] for name in GOOD} == GOOD


@pytest.mark.parametrize("streaming", [False, True])
def test_saved_folders_are_read_by_split(tmp_path, streaming):
    DatasetDict({"train": Dataset.from_list([GOOD]), "test": Dataset.from_list([GOOD] * 3)}).save_to_disk(tmp_path)
    assert len(opened_rows(DataSource(str(tmp_path), streaming=streaming))) == 1
    assert len(opened_rows(DataSource(str(tmp_path), split="test", streaming=streaming))) == 3
    with pytest.raises(ValueError, match="no split 'validation'; the folder has train, test"):
        open_source(DataSource(str(tmp_path), split="validation"))


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    (tmp_path / "rows.csv").write_text("instruction,output\nWhat?,Yes.\n", encoding="utf-8-sig")
    (tmp_path / "rows.jsonl").write_text(json.dumps(GOOD) + "\n", encoding="utf-8-sig")
    assert len(opened_rows(DataSource(str(tmp_path / "rows.csv")))) == 1
    assert opened_rows(DataSource(str(tmp_path / "rows.jsonl"))) == [GOOD]


def test_slices_of_a_file_are_splits(tmp_path):
    path = write_jsonl(tmp_path / "rows.jsonl", [GOOD] * 10)
    assert len(opened_rows(DataSource(path, split="train[:30%]"))) == 3


def test_a_saved_format_of_roles_and_parts_survives_arrow(tmp_path):
    parts = [{"type": "molecule", "smiles": "C"}, {"type": "text", "text": "What?"}]
    messages = [{"role": "user", "content": parts}, {"role": "assistant", "content": [{"type": "text", "text": "A"}]}]
    Dataset.from_list([{"messages": messages}]).to_parquet(tmp_path / "rows.parquet")
    rows = open_source(DataSource(str(tmp_path / "rows.parquet")))
    made = RowReader.of(rows.source).messages(rows.dataset[0])
    assert made == [{"role": "user", "content": parts}, {"role": "assistant", "content": "A"}]


def test_rows_in_memory_need_json_types():
    with pytest.raises(ValueError, match=r"rows, row 1: .*not JSON serializable"):
        open_rows([GOOD, GOOD | {"output": object()}])


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing.csv", "missing.csv: no such file"),
        ("./missing", "no such file"),
        ("/nowhere/rows", "/nowhere/rows: no such file"),
        ("https://x.org/rows.csv", "no such file"),
        ("nobody/nothing", "nobody/nothing: neither a local path nor a Hub data set .* check the name"),
    ],
)
@pytest.mark.parametrize("streaming", [False, True])
def test_what_is_not_there_is_named(path, message, streaming):
    with pytest.raises(ValueError, match=message) as raised:
        open_source(DataSource(path, streaming=streaming))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "content", "settings", "message"),
    [
        ("rows.csv", "a,b\n1,2\n1,2,3\n", {}, "rows.csv: cannot be read: .*line 3"),
        ("rows.csv", "a,b\n1,2,3\n", {}, "the first row has 3 fields, the header 2"),
        ("rows.csv", "a,a\n1,2\n", {}, "must name each column once"),
        ("rows.csv", "", {}, "must name each column once"),
        ("rows.json", "[{", {}, "no JSON"),
        ("rows.txt", "x", {}, "files end in .jsonl"),
        ("rows.parquet", "x", {}, "rows.parquet: cannot be read"),
        ("rows.jsonl.gz", "x", {}, "rows.jsonl.gz: "),
        ("rows.csv.gz", "x", {}, "rows.csv.gz: cannot be read"),
        ("rows.jsonl", "{}\n", {"split": "test"}, "only the split 'train', got 'test'"),
        ("rows.jsonl", "{}\n", {"name": "x"}, "are for Hub data sets"),
    ],
)
def test_unreadable_files_are_named_with_the_cause(tmp_path, name, content, settings, message):
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=message) as raised:
        open_source(DataSource(str(tmp_path / name), **settings))
    assert "\n" not in str(raised.value)


def test_a_folder_that_was_not_saved_by_datasets_is_refused(tmp_path):
    with pytest.raises(ValueError, match="not saved by save_to_disk"):
        open_source(DataSource(str(tmp_path)))


def test_a_csv_in_utf_16_is_refused_in_one_line(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes("smiles,name\nC,a\n".encode("utf-16-le"))
    with pytest.raises(ValueError, match="is no UTF-8 text; save the file as UTF-8"):
        open_source(DataSource(str(path)))
