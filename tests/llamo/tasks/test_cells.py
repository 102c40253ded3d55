"""Cells are read, or the row says what is wrong with it."""

import math

import pytest

from llamo.data.bad_row import Problem
from llamo.tasks import cells


@pytest.mark.parametrize("value", [None, "", "  ", math.nan])
def test_nothing_is_missing(value):
    assert cells.is_missing(value)
    with pytest.raises(Problem, match="'x' is empty"):
        cells.text({"x": value}, "x")


def test_zero_is_not_missing():
    assert cells.text({"x": 0}, "x") == "0"


def test_a_missing_column_is_named_with_those_there_are():
    with pytest.raises(Problem, match="there is no column 'x'; there are a, b"):
        cells.text({"a": 1, "b": 2}, "x")


@pytest.mark.parametrize(
    ("value", "written"), [("-0.25", "-0.2500"), (1, "1.0000"), ("1e-3", "0.0010"), ("-0.00001", "0.0000")]
)
def test_numbers_have_fixed_decimals(value, written):
    assert cells.number({"x": value}, "x", decimals=4) == written


@pytest.mark.parametrize("value", ["high", "nan", "inf"])
def test_no_number_is_refused(value):
    with pytest.raises(Problem, match="no finite number"):
        cells.number({"x": value}, "x", decimals=2)


@pytest.mark.parametrize(("value", "said"), [("1", "Yes"), ("0", "No"), (1.0, "Yes"), (0, "No"), ("0.0", "No")])
def test_one_and_zero_are_yes_and_no(value, said):
    assert cells.yes_no({"x": value}, "x") == said


@pytest.mark.parametrize("value", ["2", "-1", "maybe"])
def test_another_label_is_refused(value):
    with pytest.raises(Problem, match="neither 1 nor 0"):
        cells.yes_no({"x": value}, "x")
