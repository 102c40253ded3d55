"""Texts as molecules: SMILES first, then names."""

import shutil

import pytest

from llamo.metrics.opsin import Opsin
from llamo.molecule_files.naming import read_molecule, read_rows
from llamo.molecule_files.row import RawRow


def test_smiles_stay_as_they_are_written():
    assert read_molecule(" OCC ") == "OCC"


def test_a_text_that_is_smiles_is_no_name():
    assert read_molecule("CN") == "CN"


def test_a_well_known_name_needs_no_opsin(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    assert read_molecule("Caffeine") == "Cn1c(=O)c2c(ncn2C)n(C)c1=O"


def test_a_name_without_opsin_is_refused_with_the_remedy(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(ValueError, match=r"'2-chlorobutanal'.*as an IUPAC name: .*install a Java runtime"):
        read_molecule("2-chlorobutanal")


def test_all_names_are_read_in_one_run_of_opsin(monkeypatch):
    runs = []

    class Recorder:
        def read(self, names):
            runs.append(list(names))
            return {"2-chlorobutanal": "ClC(C=O)CC"}

    monkeypatch.setattr(Opsin, "find", lambda: Recorder())
    texts = ["2-chlorobutanal", "CCO", "nonsense name", "C1CC"]
    rows = read_rows([RawRow(number, text) for number, text in enumerate(texts)])
    assert runs == [["2-chlorobutanal", "nonsense name"]]
    assert [row.smiles for row in rows] == ["ClC(C=O)CC", "CCO", "", ""]
    assert "nor is it a name" in rows[2].error and "ring" in rows[3].error


def test_an_iupac_name_is_read_where_opsin_is_installed():
    try:
        Opsin.find()
    except ValueError as missing:
        pytest.skip(str(missing))
    assert read_molecule("2-chlorobutanal") == "ClC(C=O)CC"
