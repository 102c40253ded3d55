"""Verdicts and texts follow from the numbers."""

import pytest

from llamo.analysis.graph_use.measuring import Answers
from llamo.analysis.graph_use.preference import WITH, WITHOUT, Tuned
from llamo.analysis.graph_use.report import parts_finding, preference_finding, use_finding
from llamo.analysis.graph_use.variants import GRAPHS, REMOVED, SHUFFLED, TRUE

MOLECULES = ["C", "CC", "CCC", "CCCC"]


def answers(kind: str, removed: float) -> Answers:
    """True graphs cost nothing, others 1, none `removed`; a little noise by molecule."""
    cost = dict.fromkeys(GRAPHS["graph"], 1.0) | {TRUE: 0.0, REMOVED: removed}
    loss = {
        view: {name: [2 + cost[name] + (0.01 * place if name != TRUE else 0) for place in range(4)] for name in names}
        for view, names in GRAPHS.items()
    }
    right = {view: {name: [True] * 4 for name in names} for view, names in GRAPHS.items()}
    return Answers({}, kind, MOLECULES, loss, right)


@pytest.mark.parametrize(
    ("removed", "expected"),
    [((1, 1, 1), "supports"), ((1, -1, 1), "undecided"), ((-0.01, -1, -0.01), "contradicts")],
)
def test_the_verdict_follows_the_cost_of_removal(removed, expected):
    found = [answers(kind, cost) for kind, cost in zip(("a", "b", "c"), removed, strict=True)]
    assert use_finding(found, "c", model="It").verdict == expected


def test_findings_have_figures_and_name_kinds():
    found = [answers("amide", 1.0), answers("rings", -1.0)]
    use, parts = use_finding(found, "c", model="It"), parts_finding(found, "c")
    assert "lowers the likelihood of the truth for amide and raises it for rings" in use.text
    assert all(one.figures[0].svg.startswith("<?xml") for one in (use, parts))
    assert "(4 of each kind)" in use.text


def tuned(gaps: list[float]) -> list[Tuned]:
    settings = {"tuning": {"steps": 4}}
    return [
        Tuned(settings, {"facts": {TRUE: 1.0 + seed, SHUFFLED: 1.0 + seed + gap}}, {TRUE: 0.5})
        for seed, gap in enumerate(gaps)
    ]


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ([2.0, 2.1, 2.2], "supports"),
        ([0.9, 1.1, 1.3], "undecided"),
        ([0.1, 0.2, 0.4], "contradicts"),
        ([2.0], "undecided"),
    ],
)
def test_the_verdict_on_preference_follows_the_gaps(gaps, expected):
    without = tuned([1.0, 1.1, 1.3][: len(gaps)])
    assert preference_finding({WITHOUT: without, WITH: tuned(gaps)}, "c").verdict == expected
