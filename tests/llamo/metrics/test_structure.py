"""Texts as molecules, and molecules as comparable texts."""

import math

import pytest
from rdkit import Chem, rdBase

from llamo.metrics import structure
from llamo.metrics.structure import canonical_forms, flat_forms, inchis, read_molecules, same


@pytest.mark.parametrize(
    "text", ["", " ", "C(", "C1CC", "ethanol", "F(C)C", "CCO is ethanol", "C[O\u2212]", "CC\ufffd", "\ud800", "C\x00C"]
)
def test_a_text_that_is_no_molecule_is_left_out(text):
    assert read_molecules([text]) == {}


def test_a_text_is_read_once(monkeypatch):
    read = []
    monkeypatch.setattr(structure, "parse", lambda text: read.append(text) or Chem.MolFromSmiles(text))
    read_molecules(["CCO", "C", "CCO", "CCO"])
    assert read == ["CCO", "C"]


def test_rdkit_is_silent_and_its_log_is_as_before(capfd):
    before = rdBase.LogStatus()
    molecules = read_molecules(["C(", "[2H]", "*C", "CCO"])
    flat_forms(molecules), inchis(molecules)
    assert rdBase.LogStatus() == before
    assert capfd.readouterr().err == ""


def test_fragments_may_stand_in_any_order():
    forms = canonical_forms(read_molecules(["CCO.[Na+].[Cl-]", "[Cl-].OCC.[Na+]"]))
    assert len(set(forms.values())) == 1


@pytest.mark.parametrize(("text", "other"), [("C[C@H](N)O", "C[C@@H](N)O"), ("F/C=C/F", r"F/C=C\F"), ("[13CH4]", "C")])
def test_flat_forms_forget_stereo_and_isotopes(text, other):
    molecules = read_molecules([text, other])
    assert len(set(canonical_forms(molecules).values())) == 2
    assert len(set(flat_forms(molecules).values())) == 1


def test_inchi_is_rdkits():
    assert inchis(read_molecules(["OCC"])) == {"OCC": "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3"}


def test_molecules_that_inchi_cannot_write_still_differ():
    assert inchis(read_molecules(["*C", "*CC"])) == {"*C": "*C", "*CC": "*CC"}


def test_a_missing_answer_is_wrong_and_a_missing_reference_is_nothing():
    right, wrong, missing, nothing = same({"a": "x", "b": "x", "c": "y"}, ["a", "c", "?", "a"], ["b", "b", "b", "?"])
    assert (right, wrong, missing) == (1, 0, 0) and math.isnan(nothing)
