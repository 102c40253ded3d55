"""The whole analysis with tiny models, and on again where it was."""

import xml.etree.ElementTree as Tree
from functools import cache

import pytest

from llamo.analysis.over_smoothing import answers, command, depths
from llamo.analysis.over_smoothing.depths import Plan
from llamo.assistant import Assistant
from tests.text import model_and_processor

PLAN = Plan(molecules=10, depths=(2, 3), width=8, steps=2, seeds=2, asked=5)


@cache
def assistant() -> Assistant:
    return Assistant(*model_and_processor())


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(answers, "ASKED", ("rings",))
    monkeypatch.setattr(answers, "_LONGEST", 2)
    monkeypatch.setattr(depths, "TRAINING", 40)
    monkeypatch.setattr(command.Assistant, "load", lambda *_, **__: assistant())


def test_it_finds_and_goes_on_from_finished_parts(small, tmp_path, monkeypatch):
    found = command.run(PLAN, tmp_path)
    assert [one.name for one in found] == ["over-smoothing", "over-smoothing-collapse", "projector-levels"]
    for one in found:
        assert "nan" not in one.text.split() and "{{" not in one.text
        assert all(Tree.fromstring(figure.svg).tag.endswith("svg") for figure in one.figures)
    monkeypatch.setattr(command.by_level.answers, "measure", None)
    monkeypatch.setattr(command.encoders, "train", None)  # neither is called again
    assert command.run(PLAN, tmp_path) == found


def test_a_projector_without_levels_is_refused(tmp_path, monkeypatch):
    other = Assistant(*model_and_processor(projector_type="mlp"))
    monkeypatch.setattr(command.Assistant, "load", lambda *_, **__: other)
    with pytest.raises(ValueError, match="only a multi_level projector"):
        command.run(PLAN, tmp_path)
