"""Predictions of any system: read line by line, mistakes named by line."""

import gzip
import json

import pytest

from llamo.evaluation.predictions_file import read_predictions

ROW = {"smiles": "CCO", "prediction": "an alcohol", "target": "The molecule is ethanol."}


def write(path, *rows) -> str:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return str(path)


def test_reads_rows_in_order(tmp_path):
    answers = read_predictions(write(tmp_path / "a.jsonl", ROW, {**ROW, "prediction": "ein Öl"}))
    assert [(answer.row, answer.prediction) for answer in answers] == [(0, "an alcohol"), (1, "ein Öl")]


def test_reads_gzip(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(ROW).encode()))
    assert read_predictions(path)[0].target == ROW["target"]


def test_keeps_what_it_knows_and_leaves_other_keys_aside(tmp_path):
    path = write(tmp_path / "a.jsonl", {**ROW, "score": 0.3, "group": "NR-AR", "model": "ours", "row": 7})
    (answer,) = read_predictions(path)
    assert (answer.score, answer.group, answer.row) == (0.3, "NR-AR", 7)


def test_numbers_are_answers_too(tmp_path):
    (answer,) = read_predictions(write(tmp_path / "a.jsonl", {"smiles": "C", "prediction": -0.25, "target": 1}))
    assert (answer.prediction, answer.target) == ("-0.25", "1")


def test_an_answer_of_null_is_no_answer(tmp_path):
    (answer,) = read_predictions(write(tmp_path / "a.jsonl", {**ROW, "prediction": None}))
    assert answer.prediction == ""


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 2: no JSON"),
        ("[1]", "line 2: expected an object"),
        ('{"smiles": "C", "prediction": "x"}', "line 2: target missing"),
        ('{"prediction": "x", "target": ["y"]}', "line 2: target must be text"),
        ('{"prediction": "x", "target": null}', "line 2: target must be text"),
        ('{"prediction": "x", "target": "y", "score": "high"}', "line 2: score must be a number"),
        ('{"prediction": "x", "target": "y", "row": 0}', "line 2: row 0 is that of line 1 too"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, line, reason):
    with pytest.raises(ValueError, match=reason):
        read_predictions(write(tmp_path / "a.jsonl", ROW, line))


@pytest.mark.parametrize(
    ("name", "value", "meaning"),
    [
        ("group", 3, "text"),
        ("prompt", ["Why?"], "text"),
        ("source", {"row": 1}, "text"),
        ("num_tokens", 0, "an integer of at least 1"),
        ("num_tokens", 2.5, "an integer of at least 1"),
        ("num_tokens", True, "an integer of at least 1"),
        ("row", -1, "an integer of at least 0"),
        ("row", "7", "an integer of at least 0"),
        ("row", False, "an integer of at least 0"),
        ("score", 1.2, "a number from 0 to 1"),
        ("score", True, "a number from 0 to 1"),
        ("score", float("nan"), "a number from 0 to 1"),
        ("agreement", -0.1, "a number from 0 to 1"),
        ("log_probability", 0.5, "a number of at most 0"),
        ("log_probability", "-1", "a number of at most 0"),
    ],
)
def test_a_field_of_the_wrong_kind_is_named_in_one_line(tmp_path, name, value, meaning):
    with pytest.raises(ValueError, match=f"line 2: {name} must be {meaning}, got ") as caught:
        read_predictions(write(tmp_path / "a.jsonl", ROW, {**ROW, name: value}))
    assert "\n" not in str(caught.value)


def test_fields_at_the_edge_of_what_they_may_be_are_read(tmp_path):
    edge = {"row": 0, "num_tokens": 1, "score": 1, "agreement": 0, "log_probability": 0, "group": "", "prompt": None}
    (answer,) = read_predictions(write(tmp_path / "a.jsonl", {**ROW, **edge}))
    assert (answer.row, answer.num_tokens, answer.score, answer.log_probability) == (0, 1, 1, 0)


def test_a_number_of_a_row_that_is_there_twice_names_both_lines(tmp_path):
    with pytest.raises(ValueError, match="line 3: row 7 is that of line 1 too; number each row once"):
        read_predictions(write(tmp_path / "a.jsonl", {**ROW, "row": 7}, {**ROW, "row": 8}, {**ROW, "row": 7}))


def test_no_file_and_an_empty_file_are_refused(tmp_path):
    with pytest.raises(ValueError, match="is no file"):
        read_predictions(tmp_path / "missing.jsonl")
    with pytest.raises(ValueError, match="holds no answers"):
        read_predictions(write(tmp_path / "a.jsonl"))
