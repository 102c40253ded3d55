"""The whole analysis with small sizes, and on again where it was."""

import xml.etree.ElementTree as Tree

import pytest

from llamo.analysis.cost import command, grid
from llamo.analysis.cost.findings import command as repeated
from llamo.analysis.cost.grid import Plan
from llamo.analysis.cost.projectors import KINDS, Sizes

SIZES = Sizes(text_width=16, mlp_depth=2, graph_width=8, layers=2)
PLAN = Plan(atoms=(10, 20), batches=(1, 2), most_atoms=30, rounds=1)


def test_it_finds_and_goes_on_from_finished_parts(tmp_path, monkeypatch):
    monkeypatch.setitem(KINDS, "qformer", {"num_query_tokens": 28, "hidden_size": 16})
    found = command.run(PLAN, tmp_path, sizes=SIZES)
    assert [one.name for one in found] == ["projector-cost", "projector-cost-7b"]
    for one in found:
        assert "nan" not in one.text.split() and "{{" not in one.text
        assert all(Tree.fromstring(figure.svg).tag.endswith("svg") for figure in one.figures)
    monkeypatch.setattr(grid, "measure", None)
    assert command.run(PLAN, tmp_path, sizes=SIZES) == found


def test_batches_of_too_many_atoms_are_left_out():
    assert PLAN.pairs == [(10, 1), (20, 1), (10, 2)]


def test_the_command_says_what_is_not_usual():
    assert repeated(Plan()) == "llamo analyze cost"
    assert repeated(PLAN) == ("llamo analyze cost --atoms 10 --atoms 20 --batch 1 --batch 2 --most-atoms 30 --rounds 1")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"rounds": 0}, "at least 1"), ({"atoms": (10,), "most_atoms": 5}, "no batch has at most 5 atoms")],
)
def test_a_plan_that_measures_nothing_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        Plan(**wrong)
