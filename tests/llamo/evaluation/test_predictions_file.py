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
    ],
)
def test_a_wrong_line_is_named(tmp_path, line, reason):
    with pytest.raises(ValueError, match=reason):
        read_predictions(write(tmp_path / "a.jsonl", ROW, line))


def test_no_file_and_an_empty_file_are_refused(tmp_path):
    with pytest.raises(ValueError, match="is no file"):
        read_predictions(tmp_path / "missing.jsonl")
    with pytest.raises(ValueError, match="holds no answers"):
        read_predictions(write(tmp_path / "a.jsonl"))
