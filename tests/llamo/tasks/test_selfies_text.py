"""SELFIES are told from SMILES and read."""

import sys

import pytest

from llamo.data.bad_row import Problem
from llamo.tasks.selfies_text import is_selfies, to_smiles


@pytest.mark.parametrize("text", ["[C][C][O]", "[C][=Branch1][C][=O][O]", "[Na+1].[Cl-1].[O]", "[C@@H1][Ring1][C]"])
def test_selfies_are_known(text):
    assert is_selfies(text)


@pytest.mark.parametrize("text", ["CCO", "[Na+].[Cl-]", "[O-]C", "C1CC1", "[2H][2H]", ""])
def test_smiles_are_no_selfies_and_stay_as_they_are(text):
    assert not is_selfies(text)
    assert to_smiles(text) == text


def test_selfies_become_smiles():
    pytest.importorskip("selfies", reason="the package selfies is not installed")
    assert to_smiles("[C][C][=O]") == "CC=O"


def test_what_is_no_selfies_is_refused():
    pytest.importorskip("selfies", reason="the package selfies is not installed")
    with pytest.raises(Problem, match="it is no SELFIES"):
        to_smiles("[C][Nonsense]")


def test_without_the_package_the_way_out_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "selfies", None)
    with pytest.raises(Problem, match="which need the package selfies; pip install selfies"):
        to_smiles("[C][O]")
