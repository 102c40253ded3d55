"""What `llamo explain` prints and writes."""

import json

import pytest

from llamo.explain import explain
from llamo.explain.command import run, show
from tests.llamo.explain.questions import ASPIRIN, assistant


@pytest.fixture
def folder(tmp_path):
    assistant().model.save_pretrained(tmp_path / "model")
    assistant().processor.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def test_a_folder_is_loaded_and_asked(folder):
    found = run(["CCO", "CCN"], "Same?", model=str(folder), answer="no", attention=False)
    assert [one.smiles for one in found.molecules] == ["CCO", "CCN"] and found.words == ["no", "(end)"]


def test_the_terminal_shows_atoms_and_groups(capsys, tmp_path):
    show(explain(assistant(), ASPIRIN, answer="one ring"), output=tmp_path / "out")
    shown = capsys.readouterr().out
    assert "one ring" in shown and "cOC(C)=O" in shown and "attention over graph tokens" in shown
    assert str(tmp_path / "out" / "explanation.html") in shown


def test_json_is_the_record(capsys):
    explanation = explain(assistant(), "CCO", answer="x")
    show(explanation, as_json=True)
    assert json.loads(capsys.readouterr().out) == explanation.to_dict()


def test_no_molecule_is_a_mistake(folder):
    with pytest.raises(ValueError, match="no molecule to explain"):
        run([], model=str(folder))


def test_a_name_is_a_molecule(folder):
    (one,) = run(["caffeine"], model=str(folder), answer="x", attention=False, left_out=None).molecules
    assert one.smiles == "Cn1c(=O)c2c(ncn2C)n(C)c1=O"


def test_the_molecule_that_cannot_be_read_is_named_before_a_model_is_loaded():
    with pytest.raises(ValueError, match="row 1: cannot read molecule 'C1CC'"):
        run(["CCO", "C1CC"], model="nowhere")
