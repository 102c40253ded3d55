"""Plots are well-formed, the same each time, in the page's colours, and leave matplotlib as it was."""

from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest

from llamo.evaluation.report import plots

VALUES = np.linspace(0, 1, 50)
DRAWN = {
    "histogram": lambda: plots.histogram(VALUES, name="a", label="meteor"),
    "scatter": lambda: plots.scatter({"homo": (VALUES, VALUES**2), "lumo": (VALUES, VALUES)}, name="a"),
    "receiver": lambda: plots.receiver(VALUES, VALUES**0.5, name="a", area=0.7),
    "trend": lambda: plots.trend([VALUES, VALUES / 2], [1, 2], name="a", across="atoms", label="meteor"),
    "reliability": lambda: plots.reliability({"score": (VALUES, VALUES)}, name="a", label="correct"),
    "coverage": lambda: plots.coverage({"score": (VALUES, VALUES)}, name="a", label="correct"),
}


@pytest.fixture(params=DRAWN.values(), ids=DRAWN.keys())
def draw(request):
    return request.param


def test_a_plot_is_well_formed_and_has_a_text(draw):
    assert ElementTree.fromstring(draw()).attrib["aria-label"]


def test_a_plot_is_the_same_each_time(draw):
    assert draw() == draw()


def test_a_plot_has_no_colour_or_font_of_its_own(draw):
    text = draw()
    assert "#0" not in text and "#f" not in text and "DejaVu" not in text
    assert "var(--ink)" in text


def test_ids_begin_with_the_name_of_the_plot(draw):
    ids = [element.attrib["id"] for element in ElementTree.fromstring(draw()).iter() if "id" in element.attrib]
    assert all(one.startswith("a-") for one in ids)


def test_global_settings_are_left_as_they_are(draw):
    before = dict(matplotlib.rcParams)
    draw()
    assert dict(matplotlib.rcParams) == before


def test_names_of_series_may_hold_anything():
    text = plots.scatter({"$\\frac{<b>": (VALUES, VALUES), 'a"&': (VALUES, VALUES)}, name="a")
    assert "$\\frac{<b>" in "".join(ElementTree.fromstring(text).itertext())
