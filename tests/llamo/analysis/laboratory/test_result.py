"""Results in files, and by kind."""

from pathlib import Path

import numpy as np
import pytest

from llamo.analysis.laboratory.measuring import RowScores
from llamo.analysis.laboratory.result import Result, by_kind
from tests.llamo.analysis.laboratory import small

RESULT = Result(
    {"name": "a", "seed": 1}, {"x": {"loss": 2.0, "right": 0.5}, "y": {"loss": 1.0, "right": 0.0}}, None, 7, 28, 1.0
)


def test_what_is_written_is_read_back(tmp_path: Path):
    RESULT.write(tmp_path / "new" / "a.json")
    assert Result.read(tmp_path / "new" / "a.json") == RESULT
    assert Result.read(tmp_path / "none.json") is None


def test_the_share_of_right_answers_is_the_mean_over_kinds():
    assert RESULT.right("x", "y") == 0.25


def test_kinds_are_told_apart():
    rows = small.rows(("amide", "rings"))  # amide, rings, amide, ..
    scores = RowScores(np.arange(8.0), np.full(8, 2), np.arange(8) < 2)
    found = by_kind(rows, scores)
    assert found["amide"] == pytest.approx({"rows": 4, "tokens": 8, "loss": 12 / 8, "right": 0.25})
    assert found["rings"]["loss"] == 16 / 8
