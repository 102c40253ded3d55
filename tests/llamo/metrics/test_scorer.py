"""Pairs are checked, and scores have the intervals that resampled rows give."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llamo.metrics.scorer import Columns, Pairs, Score, Scorer, bootstrap, score


class Length(Scorer):
    """Mean length of answers, and of those that are not empty."""

    def measure(self, pairs: Pairs) -> Columns:
        return {"length": np.array([len(text) for text in pairs.predictions], float)}

    def summarise(self, columns: Columns) -> dict[str, float]:
        lengths = columns["length"]
        given = lengths[lengths > 0]
        return {"length": float(lengths.mean()), "given": float(given.mean()) if len(given) else math.nan}


def pairs_of(*predictions: str) -> Pairs:
    return Pairs(predictions, [""] * len(predictions))


def test_a_score_is_the_summary_of_all_rows():
    assert score(Length(), pairs_of("a", "abc"), resamples=0) == {"length": Score(2.0), "given": Score(2.0)}


def test_bounds_are_percentiles_of_resampled_rows():
    columns = {"length": np.arange(1.0, 21.0)}
    found = bootstrap(Length(), columns, resamples=300, confidence=0.9, seed=4)["length"]
    random = np.random.default_rng(4)
    means = [columns["length"][random.integers(0, 20, 20)].mean() for _ in range(300)]
    assert [found.low, found.high] == pytest.approx(np.percentile(means, [5, 95]).tolist())


def test_bounds_are_near_those_of_theory():
    values = np.random.default_rng(0).normal(10, 2, 400)
    found = bootstrap(Length(), {"length": values}, resamples=2000)["length"]
    half = 1.96 * values.std(ddof=1) / math.sqrt(400)
    assert [found.low, found.high] == pytest.approx([values.mean() - half, values.mean() + half], abs=0.03)


def test_the_same_seed_gives_the_same_bounds():
    texts = pairs_of("a", "ab", "abc")
    assert score(Length(), texts, seed=1) == score(Length(), texts, seed=1)


@settings(deadline=None)
@given(st.lists(st.text(max_size=5), min_size=1, max_size=20))
def test_bounds_are_in_order_and_within_the_rows(texts):
    found = score(Length(), pairs_of(*texts), resamples=30)["length"]
    assert min(map(len, texts)) <= found.low <= found.high <= max(map(len, texts))


def test_samples_without_a_score_do_not_count():
    found = score(Length(), pairs_of("abc", ""), resamples=50)["given"]
    assert found == Score(3.0, 3.0, 3.0)


def test_where_no_sample_has_a_score_there_are_no_bounds():
    found = score(Length(), pairs_of("", ""), resamples=10)["given"]
    assert math.isnan(found.value)
    assert (found.low, found.high) == (None, None)


def test_what_is_not_a_number_is_null_in_json():
    assert Score(math.nan).to_dict() == {"value": None, "low": None, "high": None}
    assert Score(0.5, 0.25, 0.75).to_dict() == {"value": 0.5, "low": 0.25, "high": 0.75}


def test_a_scorer_has_no_settings_unless_it_says_so():
    assert Length().settings == {}


@pytest.mark.parametrize("extra", [{"scores": [0.5]}, {"groups": ["a", "b", "c"]}])
def test_rows_of_different_number_are_refused(extra):
    with pytest.raises(ValueError, match=r"rows differ in number.*give one of each per row"):
        Pairs(["a", "b"], ["a", "b"], **extra)


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="no rows to score"):
        Pairs([], [])


def test_what_is_not_text_is_named_with_its_row():
    with pytest.raises(ValueError, match=r"predictions, row 1: got None; give text"):
        Pairs(["a", None], ["a", "b"])
