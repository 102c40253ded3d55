"""Options that make no sense are refused with what was expected."""

import pytest

from llamo.training.graph_use import GraphUseOptions


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dropout": 1.5}, "dropout must be a probability from 0 to 1, got 1.5"),
        ({"preference_weight": -1}, "preference_weight must be 0"),
        ({"preference_weight": float("nan")}, "preference_weight must be 0"),
        ({"perturbation": "swap"}, "perturbation must be one of shuffle, bonds, atoms, got 'swap'"),
        ({"beta": 0}, "beta must be above 0"),
        ({"margin": -0.1}, "margin must be 0 or more"),
        ({"clip": 0}, "clip must be above 0, or None"),
        ({"share": 0}, "share must be above 0 and at most 1"),
    ],
)
def test_bad_values_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        GraphUseOptions(**options)


def test_everything_is_off_by_default():
    assert (GraphUseOptions().dropout, GraphUseOptions().preference_weight) == (0, 0)
