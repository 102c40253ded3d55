"""Pictures: a circle per atom, stronger where the number is larger, its sign in colour and dashes, a legend."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from llamo.explain.drawing import Quantity, blank_element, png, svg
from processors.molecule import parse
from tests.llamo.explain.questions import ASPIRIN

EFFECT, SHARE = Quantity("effect", "nats", is_signed=True), Quantity("attention", "share", is_signed=False)
SVG = "{http://www.w3.org/2000/svg}"


def circles(document: str) -> list[ElementTree.Element]:
    return [one for one in ElementTree.fromstring(document).iter(f"{SVG}circle") if one.get("class") == "atom"]


def test_larger_numbers_are_stronger():
    found = circles(svg(parse("CCO"), np.array([0.1, 0.2, 0.4]), SHARE))
    for name in ("r", "fill-opacity"):
        sizes = [float(one.get(name, "")) for one in found]
        assert sizes == sorted(sizes) and sizes[0] < sizes[2]


def test_signs_differ_in_colour_and_in_dashes():
    less, more = circles(svg(parse("CO"), np.array([-1.0, 1.0]), EFFECT))
    assert "var(--less)" in less.get("style", "") and less.get("stroke-dasharray")
    assert "var(--more)" in more.get("style", "") and not more.get("stroke-dasharray")


def test_the_legend_says_what_full_colour_is():
    text = "".join(ElementTree.fromstring(svg(parse("CO"), np.array([-0.25, 0.1]), EFFECT)).itertext())
    assert "-0.25" in text and "0.25 nats" in text and "effect" in text


def test_all_zeros_can_be_drawn():
    assert {one.get("fill-opacity") for one in circles(svg(parse("CO"), np.zeros(2), EFFECT))} == {"0.000"}


def test_a_title_cannot_leave_the_text():
    document = svg(parse("CO"), np.ones(2), Quantity("<script>&", "nats", is_signed=True))
    assert "<script>" not in document and circles(document)


@pytest.mark.parametrize("smiles", ["C", ASPIRIN, "[Na+].[Cl-]", "C" * 150])
def test_circles_of_a_page_carry_their_atoms(smiles):
    mol = parse(smiles)
    assert blank_element(mol, smiles).count("data-atom=") == mol.GetNumAtoms()


def test_a_png_is_one():
    assert png(parse("CO"), np.array([-1.0, 1.0]), EFFECT).startswith(b"\x89PNG")
