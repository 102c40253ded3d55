"""The arithmetic that every benchmark relies on: turns, ratios, targets, and what is written."""

import json

import pytest

from benchmarks import measuring
from benchmarks.measuring import Line, ratio, report
from llamo.analysis.cost.timing import take_turns


class Tape:
    """Functions that note when they were called, and a clock that counts as they say."""

    def __init__(self, **costs: float):
        self.calls: list[str] = []
        self.now = 0.0
        self.functions = {name: lambda name=name, cost=cost: self.call(name, cost) for name, cost in costs.items()}

    def call(self, name: str, cost: float):
        self.calls.append(name)
        self.now += cost

    def clock(self) -> float:
        return self.now


def test_every_function_runs_once_a_round_in_turned_order():
    tape = Tape(a=1, b=2, c=4)
    take_turns(tape.functions, rounds=3, clock=tape.clock, warm_up=0)
    assert "".join(tape.calls) == "abccbaabc"


def test_seconds_are_those_of_the_function_alone():
    tape = Tape(a=1, b=2)
    assert take_turns(tape.functions, rounds=2, clock=tape.clock) == {"a": [1, 1], "b": [2, 2]}


def test_warm_up_calls_are_not_counted():
    tape = Tape(a=1)
    assert take_turns(tape.functions, rounds=2, clock=tape.clock, warm_up=3) == {"a": [1, 1]}
    assert len(tape.calls) == 5


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
