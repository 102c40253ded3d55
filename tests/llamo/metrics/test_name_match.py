"""Names, letter by letter."""

from llamo.metrics.name_match import NameMatchScorer
from llamo.metrics.scorer import Pairs, score


def test_case_and_outer_blanks_count_in_one_score_only():
    pairs = Pairs(["ethanol", "Ethanol", " ethanol\n", "ethan ol", ""], ["ethanol"] * 5)
    found = {name: one.value for name, one in score(NameMatchScorer(), pairs, resamples=0).items()}
    assert found == {"exact_string": 1 / 5, "exact_ignoring_case": 3 / 5}
