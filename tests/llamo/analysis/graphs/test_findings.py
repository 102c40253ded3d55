"""Findings made of numbers."""

from dataclasses import replace

import pytest

from llamo.analysis.finding import Finding
from llamo.analysis.graphs.findings import ARMS, find, verdict
from llamo.analysis.graphs.questions import QUESTIONS
from llamo.analysis.graphs.results import Results
from llamo.analysis.intervals import Interval

ASKED = [(name, size) for name in QUESTIONS for size in (6, 15, 30) for _ in range(4)]


def results(shares: dict[str, float], seeds: int = 3) -> Results:
    """Every arm gets so many of four right, one more of the last kind with the last seed."""
    right = {
        arm: [
            [int(number % 4 < shares.get(arm, 1)) for number in range(len(ASKED) - seed)] + [1] * seed
            for seed in range(1 if arm == ARMS[-1] else seeds)
        ]
        for arm in ARMS
    }
    sets = ("synthetic", "real")
    settings = {"steps": 3, "graphs": 7}
    return Results(dict.fromkeys(sets, ASKED), dict.fromkeys(sets, right), settings, 300)


@pytest.mark.parametrize(
    ("low", "high", "seeds", "expected"),
    [
        (0.1, 0.2, 3, "supports"),
        (-0.2, -0.1, 3, "contradicts"),
        (-0.1, 0.2, 3, "undecided"),
        (0.1, 0.1, 1, "undecided"),
    ],
)
def test_a_verdict_follows_from_the_interval(low, high, seeds, expected):
    assert verdict(Interval((low + high) / 2, low, high), seeds) == expected


def test_findings_say_what_the_numbers_say():
    graph, real, communities = find(
        results({"text": 1, "graph": 2, "graph and text": 3}), command="llamo analyze graphs"
    )
    assert [one.name for one in (graph, real, communities)] == ["graphs", "graphs-real", "graphs-communities"]
    assert graph.verdict == real.verdict == communities.verdict == "supports"
    assert "3 seeds each, for 3 steps on questions about 7 synthetic graphs of 5 to 30 nodes" in graph.text
    assert find(results({"text": 3, "graph and text": 1}), command="x")[0].verdict == "contradicts"


def test_every_finding_has_a_figure_of_its_arms():
    found: list[Finding] = find(results({}), command="x")
    assert all(one.figures[0].svg.startswith("<?xml") for one in found)
    assert "graph without communities" in found[2].figures[0].svg and "most frequent answer" in found[0].figures[0].svg


def test_one_seed_decides_nothing_and_sizes_that_were_not_asked_are_left_out():
    few = results({"graph and text": 3}, seeds=1)
    questions = {name: [(kind, min(size, 10)) for kind, size in ASKED] for name in few.questions}
    found = find(replace(few, questions=questions), command="x")
    assert {one.verdict for one in found} == {"undecided"}
    assert "with 5 to 10 nodes" in found[0].text and "21 to 30" not in found[0].text
