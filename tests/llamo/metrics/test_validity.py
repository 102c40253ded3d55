"""Validity."""

from llamo.metrics.scorer import Pairs, score
from llamo.metrics.validity import ValidityScorer


def test_validity_is_over_all_rows_and_comes_with_the_number_of_valid_ones():
    pairs = Pairs(["CCO", "C1CC", "", "[Na+].[Cl-]"], ["C"] * 4)
    assert {name: one.value for name, one in score(ValidityScorer(), pairs, resamples=0).items()} == {
        "validity": 0.5,
        "valid_rows": 2.0,
    }


def test_references_are_not_looked_at():
    assert ValidityScorer().measure(Pairs(["C", "C("], ["not a molecule"] * 2))["valid"].tolist() == [1, 0]
