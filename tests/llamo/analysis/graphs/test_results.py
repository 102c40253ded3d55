"""Shares of right answers."""

import pytest

from llamo.analysis.graphs.questions import QUESTIONS
from llamo.analysis.graphs.results import Results

ASKED = [(name, size) for name in QUESTIONS for size in (6, 30)]
RIGHT = {
    "text": [[1, 0] * 5, [1, 1] * 5],
    "graph": [[1, 1] * 5, [1, 1] * 5],
    "most frequent answer": [[0, 1] * 5],
}
RESULTS = Results({"synthetic": ASKED}, {"synthetic": RIGHT}, {}, 1)


def test_shares_are_of_each_seed_by_kind_and_size():
    assert RESULTS.shares("synthetic", "text") == [0.5, 1.0]
    assert RESULTS.shares("synthetic", "text", question="cycle", sizes=(21, 30)) == [0.0, 1.0]
    assert RESULTS.shares("synthetic", "text", sizes=(11, 20)) == []


def test_gains_are_paired_by_seed():
    gain = RESULTS.gain("synthetic", "graph", "text")
    assert gain.mean == pytest.approx(0.25) and gain.low < 0 < gain.high


def test_an_arm_without_seeds_is_set_against_every_seed():
    assert RESULTS.gain("synthetic", "graph", "most frequent answer") == pytest.approx((0.5, 0.5, 0.5))


def test_kinds_count_alike_however_many_questions_they_have():
    asked = [("cycle", 6)] * 3 + [("path", 6)]
    results = Results({"synthetic": asked}, {"synthetic": {"text": [[1, 1, 1, 0]]}}, {}, 1)
    assert results.shares("synthetic", "text") == [0.5]
