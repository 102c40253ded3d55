"""Means that know which rows they are about."""

import math

import numpy as np

from llamo.metrics.averages import mean, ratio, sum_over_rows


def test_rows_to_which_a_measurement_does_not_apply_are_left_out():
    values = np.array([1.0, np.nan, 0.0, 0.5])
    assert (mean(values), sum_over_rows(values)) == (0.5, 1.5)


def test_no_row_has_no_mean():
    assert math.isnan(mean(np.array([np.nan]))) and math.isnan(mean(np.array([])))


def test_a_share_of_nothing_is_not_a_number():
    assert ratio(1, 4) == 0.25 and math.isnan(ratio(0, 0))
