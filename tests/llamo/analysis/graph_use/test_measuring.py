"""Answers by kind, kept in files."""

from pathlib import Path

import numpy as np
import pytest

from llamo.analysis.graph_use import measuring
from llamo.analysis.graph_use.measuring import Answers, measure
from llamo.analysis.graph_use.variants import GRAPHS
from llamo.compact.model import build
from llamo.compact.rows import Row
from tests.llamo.analysis.laboratory import small

ROWS = [Row(kind, one, one, ((f"{kind}?", "yes"),)) for kind in ("amide", "IUPAC name") for one in small.MOLECULES]


def ask(folder: Path, settings: dict) -> list[Answers]:
    processor = small.processor()
    return measure(build(processor, small.SIZE, seed=0).eval(), processor, ROWS, folder, settings=settings)


@pytest.fixture
def found(tmp_path: Path) -> list[Answers]:
    return ask(tmp_path, {"a": 1})


def test_every_kind_has_every_view_and_graph(found):
    assert [one.kind for one in found] == ["amide", "IUPAC name"]
    for one in found:
        assert {view: tuple(graphs) for view, graphs in one.loss.items()} == GRAPHS
        assert all(len(values) == 4 for graphs in one.right.values() for values in graphs.values())


def test_kept_answers_are_read(found, tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "_measure", None)
    assert ask(tmp_path, {"a": 1}) == found


def test_answers_with_other_settings_are_made_anew(found, tmp_path):
    assert ask(tmp_path, {"a": 2})[0].settings["a"] == 2


def test_rows_of_a_molecule_count_once():
    one = Answers({}, "x", ["C", "C", "N"], {"both": {"true": [1.0, 3.0, 5.0]}}, {})
    np.testing.assert_array_equal(one.by_molecule("loss", "both", "true"), [2.0, 5.0])
