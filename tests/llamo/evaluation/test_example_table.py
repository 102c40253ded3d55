"""The CSV of examples holds every row, every text as it is and every number in full."""

import csv

import pytest

from llamo.evaluation.example_table import write_examples
from tests.llamo.evaluation.results import every_kind, number_result, smiles_result, text_result


def written(result, path) -> list[dict[str, str]]:
    write_examples(result, path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("result", every_kind(), ids=lambda result: result.kind)
def test_every_row_is_there_with_its_texts(result, tmp_path):
    rows = written(result, tmp_path / "examples.csv")
    assert [row["prediction"] for row in rows] == [answer.prediction for answer in result.answers]
    assert [row["target"] for row in rows] == [answer.target for answer in result.answers]
    assert [row["smiles"] for row in rows] == [answer.smiles for answer in result.answers]


def test_texts_with_quotes_commas_and_line_breaks_come_back(tmp_path):
    text = '=1+2, "quoted"\r\nsecond line\tå'
    rows = written(text_result(3, prediction=text), tmp_path / "examples.csv")
    assert [row["prediction"] for row in rows] == [text] * 3


def test_lines_end_as_rfc_4180_says_and_quotes_are_doubled(tmp_path):
    write_examples(text_result(1, prediction='a "b"'), tmp_path / "examples.csv")
    content = (tmp_path / "examples.csv").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == 2
    assert b'"a ""b"""' in content


def test_numbers_are_written_in_full(tmp_path):
    result = text_result(5)
    rows = written(result, tmp_path / "examples.csv")
    assert [float(row["meteor"]) for row in rows] == result.columns["meteor"].tolist()
    assert float(rows[0]["confidence_agreement"]) == result.answers[0].agreement


def test_what_is_unknown_is_an_empty_field(tmp_path):
    rows = written(smiles_result(3), tmp_path / "examples.csv")
    assert [row["morgan"] for row in rows] == ["1.0", "0.25", ""]
    assert rows[0]["group"] == ""


def test_columns_of_several_numbers_and_of_groups_are_left_out(tmp_path):
    assert "bleu_counts" not in written(text_result(), tmp_path / "text.csv")[0]
    assert "group[homo]" not in (number := written(number_result(), tmp_path / "number.csv"))[0]
    assert number[0]["group"] == "homo"


def test_rows_without_a_number_are_counted(tmp_path):
    assert [row["row"] for row in written(number_result(3), tmp_path / "examples.csv")] == ["0", "1", "2"]


def test_a_surrogate_without_its_partner_is_written_as_its_code(tmp_path):
    rows = written(text_result(1, prediction="a\ud800b"), tmp_path / "examples.csv")
    assert rows[0]["prediction"] == r"a\ud800b"
