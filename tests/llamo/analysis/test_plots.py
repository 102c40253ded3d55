"""Figures as SVG."""

import xml.etree.ElementTree as Tree

import matplotlib

from llamo.analysis.plots import drawing, to_svg


def draw() -> str:
    with drawing(3, 2) as figure:
        figure.add_subplot().plot([1, 2], [0.123456, 3])
        return to_svg(figure)


def test_a_figure_is_a_whole_svg_document():
    assert Tree.fromstring(draw()).tag.endswith("svg")


def test_the_same_numbers_give_the_same_text():
    assert draw() == draw()


def test_matplotlibs_settings_stay_as_they_were():
    before = dict(matplotlib.rcParams)
    draw()
    assert dict(matplotlib.rcParams) == before
