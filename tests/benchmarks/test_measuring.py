"""The arithmetic that every benchmark relies on: ratios, targets, and what is written."""

import json

import pytest

from benchmarks import measuring
from benchmarks.measuring import Line, ratio, report


def test_the_ratio_is_the_median_of_the_rounds_not_the_ratio_of_medians():
    seconds = {"one": [1.0, 6.0, 9.0], "other": [2.0, 3.0, 30.0]}
    assert ratio(seconds, "one", "other") == 0.5  # of 0.5, 2 and 0.3; the medians' would be 2
    assert ratio(seconds, "other", "one") == 2.0


def test_one_disturbed_round_does_not_count():
    assert ratio({"one": [1.0, 1.0, 50.0], "other": [2.0, 2.0, 2.0]}, "one", "other") == 0.5


def test_rounds_must_be_paired():
    with pytest.raises(ValueError):
        ratio({"one": [1.0, 1.0], "other": [1.0]}, "one", "other")


@pytest.mark.parametrize(
    ("line", "met"),
    [
        (Line("x", 1.0, 1.0), True),
        (Line("x", 1.1, 1.0), False),
        (Line("x", 5.0, 5.0, at_least=True), True),
        (Line("x", 4.9, 5.0, at_least=True), False),
        (Line("x", 4.9), None),
        (Line("x", 0, 0), True),
    ],
)
def test_a_target_is_a_bound_that_may_be_reached(line, met):
    assert line.met is met


def test_a_report_is_printed_and_written_with_the_machine(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(measuring, "RESULTS", tmp_path / "new" / "results")
    report("x", [Line("fast", 0.5, 1.0), Line("slow", 3.0, 2.0, note="why")], rounds=7)
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed] == ["fast", "slow"]
    assert "met" in printed[0] and "MISSED" in printed[1] and printed[1].endswith("why")
    written = json.loads((tmp_path / "new" / "results" / "x.json").read_text(encoding="utf-8"))
    assert [line["met"] for line in written["lines"]] == [True, False]
    assert written["rounds"] == 7
    assert {"cpu", "threads", "torch"} <= set(written["machine"])
