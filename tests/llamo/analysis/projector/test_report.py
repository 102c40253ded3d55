"""Verdicts and texts follow from the numbers."""

import pytest

from llamo.analysis.projector.report import findings
from tests.llamo.analysis.projector.made import results


@pytest.mark.parametrize(
    ("better", "expected"),
    [
        ({}, "supports"),
        ({"resampler": 0.1}, "contradicts"),
        ({"resampler": 0.0}, "undecided"),
        ({"Q-Former": 0.1}, "supports"),
    ],
)
def test_the_verdict_follows_the_papers_table(better, expected):
    assert findings(results(better), "c", atoms=50)[0].verdict == expected


def test_a_better_arm_is_named_as_such():
    text = findings(results({"resampler": 0.1}), "c", atoms=50)[0].text
    assert "surely better: resampler (+" in text


def test_every_finding_has_a_figure_and_a_table():
    found = findings(results({}, descriptions=True), "c", atoms=50)
    assert [one.name for one in found] == ["projector", "projector-sharing", "projector-tokens"]
    assert all(one.figures[0].svg.startswith("<?xml") and one.tables[0].rows for one in found)
    assert "2 descriptions" in found[0].text


def test_one_seed_gives_findings_too():
    assert findings(results({}, seeds=1), "c", atoms=50)[0].verdict == "undecided"
