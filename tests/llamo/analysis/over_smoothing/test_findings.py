"""Verdicts by rule, and findings of made-up numbers."""

import pytest

from llamo.analysis.intervals import Interval
from llamo.analysis.over_smoothing.depths import Plan
from llamo.analysis.over_smoothing.findings import collapse_verdict, command, paper_depth, trend_verdict
from llamo.analysis.over_smoothing.level_finding import levels_verdict, lost_without

BELOW, ACROSS, ABOVE = Interval(-2, -3, -1), Interval(0, -1, 1), Interval(2, 1, 3)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [([BELOW, BELOW], "supports"), ([BELOW, ACROSS], "undecided"), ([ACROSS, ABOVE], "contradicts")],
)
def test_the_trend_is_supported_where_all_changes_are_surely_down(changes, verdict):
    assert trend_verdict(changes) == verdict


LEFT, GONE, BETWEEN = Interval(0.4, 0.3, 0.5), Interval(0.02, 0.01, 0.03), Interval(0.1, 0.05, 0.15)


@pytest.mark.parametrize(
    ("left", "verdict"),
    [
        ([LEFT, LEFT, LEFT], "contradicts"),
        ([LEFT, LEFT, GONE], "undecided"),
        ([GONE, GONE, LEFT], "supports"),
        ([BETWEEN, GONE, GONE], "undecided"),
    ],
)
def test_a_collapse_needs_little_variance_in_the_model_and_at_the_papers_depth(left, verdict):
    assert collapse_verdict(left) == verdict


@pytest.mark.parametrize(
    ("lost", "verdict"),
    [([ABOVE] * 3, "supports"), ([ABOVE, ABOVE, ACROSS], "undecided"), ([ABOVE, ACROSS, BELOW], "contradicts")],
)
def test_levels_are_used_where_each_surely_costs(lost, verdict):
    assert levels_verdict(lost) == verdict


def test_losses_are_means_over_the_facts_and_not_the_description():
    answers = {
        "rings": {"whole": [0.0, -1.0], "none": [-2.0, -3.0], "without 0": [-1.0, -1.0]},
        "ester": {"whole": [0.0, 0.0], "none": [0.0, -2.0], "without 0": [0.0, -1.0]},
        "description": {"whole": [0.0, 0.0], "none": [-99.0, -99.0], "without 0": [-99.0, -99.0]},
    }
    assert lost_without(answers, None) == [1.0, 2.0]
    assert lost_without(answers, "0") == [0.5, 0.5]


def test_the_command_says_what_is_not_usual():
    assert command(Plan()) == "llamo analyze over-smoothing"
    plan = Plan(seeds=5, depths=(2, 3))
    assert command(plan) == "llamo analyze over-smoothing --seeds 5 --depth 2 --depth 3"


def test_the_papers_depth_is_five_or_what_is_nearest():
    assert paper_depth(Plan()) == 5
    assert paper_depth(Plan(depths=(2, 3, 9))) == 3


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"depths": (4, 2)}, r"rising numbers from 2 on, got \[4, 2\]"),
        ({"depths": (5,)}, "two or more"),
        ({"seeds": 1}, "seeds must be at least 2, got 1"),
        ({"steps": 0}, "steps must be at least 1, got 0"),
        ({"molecules": 20, "asked": 30}, "at most the number of molecules, 20, got 30"),
    ],
)
def test_a_plan_that_measures_nothing_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        Plan(**wrong)
