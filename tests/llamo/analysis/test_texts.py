"""Paragraphs from templates."""

import pytest
from jinja2 import UndefinedError

from llamo.analysis.intervals import interval
from llamo.analysis.texts import paragraph


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "a.txt.jinja"
    path.write_text('Of {{ number }} it is\n{{ show(value, ".1f") }}\n{% if number %}\nor more.\n{% endif %}\n')
    return path


def test_lines_become_one_paragraph_with_numbers_and_intervals(template):
    assert paragraph(template, number=3, value=0.25) == "Of 3 it is 0.2 or more."
    assert paragraph(template, number=0, value=interval([1.0])) == "Of 0 it is 1.0 [1.0, 1.0]"


def test_a_number_that_is_not_given_is_an_error(template):
    with pytest.raises(UndefinedError, match="number"):
        paragraph(template, value=1)
