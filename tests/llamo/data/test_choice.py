"""Rows are chosen by value and number, and keep the number they had."""

import logging

import pytest

from llamo.data import DataSource, open_source
from tests.llamo.data.files import GOOD, row, write_csv, write_jsonl

ROWS = [row("C" * (number + 1), kind=["a", "b", ""][number % 3]) for number in range(9)]
WRITERS = {"rows.csv": write_csv, "rows.jsonl": write_jsonl}


@pytest.fixture(params=WRITERS)
def path(request, tmp_path) -> str:
    return WRITERS[request.param](tmp_path / request.param, ROWS)


def numbers(source: DataSource) -> list[int]:
    return [record["row"] for record in open_source(source).dataset]


@pytest.mark.parametrize("streaming", [False, True])
def test_filtered_rows_keep_their_numbers(path, streaming):
    assert numbers(DataSource(path, where={"kind": ["a", ""]}, streaming=streaming)) == [0, 2, 3, 5, 6, 8]


@pytest.mark.parametrize("streaming", [False, True])
def test_max_rows_counts_filtered_rows(path, streaming):
    assert numbers(DataSource(path, where={"kind": "b"}, max_rows=2, streaming=streaming)) == [1, 4]


def test_blank_lines_are_no_rows(tmp_path):
    write_jsonl(tmp_path / "rows.jsonl", [GOOD])
    with (tmp_path / "rows.jsonl").open("a") as file:
        file.write('\n\n{"output": "x"}\n')
    assert numbers(DataSource(str(tmp_path / "rows.jsonl"))) == [0, 3]


def test_lines_that_cannot_be_read_pass_every_filter(tmp_path):
    path = write_jsonl(tmp_path / "rows.jsonl", [GOOD | {"kind": "a"}, GOOD | {"kind": "b"}])
    with (tmp_path / "rows.jsonl").open("a") as file:
        file.write("{broken\n")
    assert numbers(DataSource(path, where={"kind": "a"})) == [0, 2]


def test_only_columns_with_a_meaning_are_kept(tmp_path):
    rows = [{"SMILES": "C", "description": "x", "output": "y", "noise": "z"}]
    source = DataSource(
        write_csv(tmp_path / "rows.csv", rows),
        columns={"smiles": "SMILES", "output": "description"},
        instruction="What?",
    )
    assert set(open_source(source).dataset.column_names) == {"SMILES", "description", "row"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"columns": {"output": "answer"}}, "no column 'answer'; there are smiles, instruction, output, kind"),
        ({"where": {"split": "x"}}, "no column 'split'"),
        ({"columns": {"instruction": None}}, "no column for instruction; .*give `instruction`"),
        ({"columns": {"output": None}}, "no column for output"),
    ],
)
@pytest.mark.parametrize("streaming", [False, True])
def test_missing_columns_are_named_with_those_there_are(path, settings, message, streaming):
    with pytest.raises(ValueError, match=message):
        open_source(DataSource(path, streaming=streaming, **settings))


def test_a_filter_that_leaves_nothing_says_what_there_is(tmp_path):
    path = write_csv(tmp_path / "rows.csv", ROWS)
    with pytest.raises(
        ValueError, match=r"no row is left of 9; `where` is .*values begin \{'kind': \['a', 'b', ''\]\}"
    ):
        open_source(DataSource(path, where={"kind": "c"}))


def test_an_allowed_value_that_no_row_has_warns(tmp_path, caplog, monkeypatch):
    path = write_csv(tmp_path / "rows.csv", ROWS)
    monkeypatch.setattr(logging.getLogger("llamo.data.choice"), "propagate", True)
    with caplog.at_level(logging.WARNING, logger="llamo.data.choice"):
        open_source(DataSource(path, where={"kind": ["a", "trian"]}))
    assert "no row has ['trian'] in 'kind'" in caplog.text
