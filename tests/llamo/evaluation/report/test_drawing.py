"""Molecules are drawn, in order, or shown as text with the reason."""

from xml.etree import ElementTree

import pytest

from llamo.evaluation.report.drawing import MOST_ATOMS, draw, heavy_atoms


def test_a_molecule_is_a_picture_named_by_its_smiles():
    (one,) = draw("CC(=O)O")
    assert ElementTree.fromstring(one.svg).attrib["aria-label"] == "CC(=O)O"


def test_pictures_take_the_colours_of_the_page():
    (one,) = draw("Oc1ccc(N)cc1S")
    assert "#" not in one.svg
    assert all(f"var(--{name})" in one.svg for name in ("ink", "oxygen", "nitrogen", "sulfur"))


def test_larger_molecules_have_larger_pictures():
    small, large = (int(ElementTree.fromstring(draw(text)[0].svg).attrib["width"][:-2]) for text in ("CCO", "C" * 12))
    assert small < large


def test_molecules_of_a_reaction_are_drawn_in_order():
    assert [one.smiles for one in draw("CCO>>CC=O>>CC(=O)O")] == ["CCO", "CC=O", "CC(=O)O"]


@pytest.mark.parametrize("text", ["", "C1CC", "not a molecule", "\ud800", "CN(C)(C)(C)C"])
def test_what_is_no_molecule_keeps_its_text_and_says_why(text):
    (one,) = draw(text)
    assert (one.smiles, one.svg) == (text, "")
    assert one.reason


def test_a_molecule_too_large_to_draw_says_so():
    (one,) = draw("C" * (MOST_ATOMS + 1))
    assert one.reason == f"{MOST_ATOMS + 1} atoms are too many to draw"


def test_the_same_molecule_gives_the_same_picture():
    from llamo.evaluation.report.drawing import _draw_one

    first = draw("C[C@H](N)C(=O)O")
    _draw_one.cache_clear()
    assert draw("C[C@H](N)C(=O)O") == first


@pytest.mark.parametrize(("text", "atoms"), [("CCO", 3), ("CCO>>CC(=O)O", 7), ("[Na+].[Cl-]", 2), ("[H]C", 1)])
def test_heavy_atoms_are_counted_over_all_molecules(text, atoms):
    assert heavy_atoms(text) == atoms


def test_heavy_atoms_of_no_molecule_are_unknown():
    assert heavy_atoms("CCO>>C1CC") != heavy_atoms("CCO>>C1CC")
