"""Findings about domains: numbers to words and verdicts."""

import pytest

from llamo.analysis.domains.comparison import KINDS, scaffold_drop, table, transfer
from llamo.analysis.domains.experiment import VIEWS
from llamo.analysis.domains.material import LEARNED
from llamo.analysis.domains.questions import FACTS, label
from llamo.analysis.domains.report import across, retrieved
from llamo.analysis.domains.retrieval import NOTHING, SOURCES
from llamo.analysis.laboratory import Result

ASKED: tuple[str, ...] = (*LEARNED, "others")
COUNTS = {"learned": dict.fromkeys(LEARNED, 8), "asked": dict.fromkeys(ASKED, 5)}
BLIND = {learned: dict.fromkeys(ASKED, 0.3) for learned in LEARNED}


def results(*, own: float, others: float, less: float, seeds: int = 2) -> list[Result]:
    """SMILES get so much less everywhere than graphs."""
    return [
        Result(
            {"name": f"{learned} by {view}", "seed": seed},
            {
                label(name, fact): {
                    "right": (own if name == learned else others) - less * (view == "smiles") + seed / 100,
                    "loss": 1.0,
                }
                for name in ASKED
                for fact in FACTS
            },
            None,
            1,
            10,
            1.0,
        )
        for learned in LEARNED
        for view in VIEWS
        for seed in range(seeds)
    ]


def test_a_drop_is_counted_on_the_same_questions():
    found = transfer(table(results(own=0.9, others=0.6, less=0.1), ASKED).mean("graph"), ASKED)
    assert found.drop == pytest.approx([0.3] * len(KINDS))
    assert found.own == pytest.approx([0.905] * len(KINDS))


def test_a_scaffold_drop_compares_halves_on_the_same_molecules():
    found = table(results(own=0.9, others=0.7, less=0.1), ASKED)
    assert scaffold_drop(found.mean("graph")) == pytest.approx([0.2] * 2)


@pytest.mark.parametrize(
    ("own", "less", "verdict"),
    [(0.9, 0.1, "supports"), (0.9, -0.1, "contradicts"), (0.2, 0.1, "undecided")],
)
def test_the_verdict_is_about_graphs_on_other_kinds(own, less, verdict):
    found = across(table(results(own=own, others=own - 0.1, less=less), ASKED), BLIND, COUNTS, steps=3, command="x")
    assert found.verdict == verdict


def test_models_that_beat_no_frequent_answer_are_said_to_read_nothing():
    found = across(table(results(own=0.29, others=0.2, less=0.0), ASKED), BLIND, COUNTS, steps=3, command="x")
    assert "not shown to read their molecules" in found.text


def test_one_seed_gives_a_report():
    found = across(table(results(own=0.9, others=0.8, less=0.1, seeds=1), ASKED), BLIND, COUNTS, steps=3, command="x")
    assert "1 seed)" in found.text
    assert len(found.tables[0].rows) == len(VIEWS) * len(LEARNED)


def test_gains_of_retrieval_are_paired_by_molecule():
    cell = {"bleu_4": [0.2, 0.1, 0.3], "similarity": 0.5}
    copies = {source: dict.fromkeys(SOURCES, cell) for source in SOURCES}
    losses = {
        name: dict.fromkeys(SOURCES, [2.0, 3.0] if name == NOTHING else [1.5, 2.5]) for name in (NOTHING, *SOURCES)
    }
    found = retrieved(copies, {"both": losses, "smiles": losses}, asked=7, command="x")
    assert "by -0.500 [-0.500, -0.500] nats per token" in found.text
    assert found.verdict == "no claim"
    assert found.figures[0].svg.startswith("<?xml")
