"""Questions of every kind, from invented splits."""

from pathlib import Path

import pytest

from llamo.analysis.graph_use import questions as module
from llamo.analysis.graph_use.questions import FACTS, KINDS, TASKS, fact_kind, questions
from llamo.compact.sources import Question
from llamo.tasks.task import Example
from processors.molecule import parse

SMILES = ["C" * number for number in range(1, 20)]


@pytest.fixture
def found(monkeypatch):
    monkeypatch.setattr(
        module.sources, "asked", lambda *_, limit: [Question("x", one, "Describe it.", "It is.") for one in SMILES]
    )
    monkeypatch.setattr(
        module, "open_examples", lambda *_, **__: [Example(0, (one,), "Ask.", "Answer.") for one in SMILES * 2]
    )
    return questions(Path("data"), molecules=3, most_atoms=9)


@pytest.mark.parametrize(
    ("key", "answer", "kind"), [("formula", "CH4", "formula"), ("rings", "3", "counts"), ("ester", "no", "groups")]
)
def test_facts_are_told_apart_by_their_answers(key, answer, kind):
    assert fact_kind(key, answer) == kind


def test_every_kind_is_asked(found):
    assert [kind for kind in KINDS if not any(row.kind == kind for row in found)] == []


@pytest.mark.parametrize("kind", [*TASKS, "description"])
def test_each_molecule_is_asked_about_once_in_a_task(found, kind):
    molecules = [row.molecule for row in found if row.kind == kind]
    assert len(molecules) == len(set(molecules)) == 3


def test_facts_are_as_many_as_their_kind_has(found):
    assert {kind: sum(row.kind == kind for row in found) for kind in FACTS} == {
        kind: 3 * number for kind, number in FACTS.items()
    }


def test_large_molecules_are_left_out(found):
    assert all(parse(row.molecule).GetNumAtoms() <= 9 for row in found)
