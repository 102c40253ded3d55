"""Intervals over seeds and over rows."""

import numpy as np
import pytest

from llamo.analysis.intervals import Interval, difference, interval, over_rows


def test_three_values_have_students_interval():
    # t of 2 degrees of freedom at 97.5 % is 4.302653; the standard deviation of 1, 2, 3 is 1.
    found = interval([1.0, 2.0, 3.0])
    assert found == pytest.approx((2.0, 2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5))


def test_one_value_has_no_width():
    assert interval([0.5]) == Interval(0.5, 0.5, 0.5)


def test_no_value_is_refused():
    with pytest.raises(ValueError, match="got none"):
        interval([])


def test_paired_values_that_differ_by_the_same_have_a_sure_difference():
    assert difference([2.0, 5.0, 9.0], [1.0, 4.0, 8.0]) == pytest.approx((1.0, 1.0, 1.0))


def test_the_bootstrap_of_many_values_is_about_the_normal_interval():
    values = np.random.default_rng(1).normal(2, 1, 400).tolist()
    found, margin = over_rows(values), 1.96 * np.std(values) / 20
    assert found == pytest.approx((np.mean(values), np.mean(values) - margin, np.mean(values) + margin), abs=0.02)


def test_no_row_is_refused():
    with pytest.raises(ValueError, match="got none"):
        over_rows([])
