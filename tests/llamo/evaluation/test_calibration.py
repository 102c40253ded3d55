"""Calibration against hand-computed values and scikit-learn; kinds of confidence; what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.metrics import roc_curve as sklearn_roc_curve

from llamo.evaluation.answer import Answer
from llamo.evaluation.calibration import calibrate, confidences, coverage_curve, equal_count, quality, roc_curve
from llamo.evaluation.result import Result
from tests.llamo.evaluation.results import number_result, smiles_result, text_result, yes_no_result

RANDOM = np.random.default_rng(0)
SURE = RANDOM.random(500)
RIGHT = (RANDOM.random(500) < SURE**2).astype(float)


def result_of(answers, kind="number", parsed=None) -> Result:
    return Result("t", "t", kind, "ours", answers, parsed or [one.prediction for one in answers], {}, {})


def test_calibration_error_is_the_gap_of_each_bin_by_its_rows():
    found = calibrate([0.1, 0.1, 0.9, 0.9], [0, 1, 1, 1], bins=2)
    assert [(one.rows, one.quality) for one in found.bins] == [(2, 0.5), (2, 1.0)]
    assert found.expected_calibration_error == pytest.approx(0.5 * 0.4 + 0.5 * 0.1)


def test_brier_score_and_auroc_are_those_of_scikit_learn():
    found = calibrate(SURE, RIGHT)
    assert found.brier == pytest.approx(brier_score_loss(RIGHT, SURE))
    assert found.auroc == pytest.approx(roc_auc_score(RIGHT, SURE))


def test_the_roc_curve_is_that_of_scikit_learn():
    scores = np.round(SURE, 1)
    false, true, _ = sklearn_roc_curve(RIGHT, scores, drop_intermediate=False)
    ours = roc_curve(scores, RIGHT)
    np.testing.assert_allclose(ours[0], false)
    np.testing.assert_allclose(ours[1], true)


def test_bins_of_equal_count_have_as_many_rows_each():
    assert {one.rows for one in calibrate(SURE, RIGHT, bins=10).bins} == {50}


def test_bins_of_equal_width_lie_between_multiples_of_their_width():
    for one in calibrate(SURE, RIGHT, bins=4, equal="width").bins:
        assert int(one.low * 4) == int(one.high * 4)


def test_equal_confidences_share_a_bin_so_that_the_order_of_rows_plays_no_part():
    sure, right = np.repeat([0.2, 0.4, 1.0], [30, 10, 60]), RIGHT[:100]
    assert len(calibrate(sure, right).bins) == 3
    assert calibrate(sure, right).bins[-1].rows == 60


def test_rows_that_lack_either_are_left_out_and_counted():
    found = calibrate([0.5, np.nan, 0.5], [1, 1, np.nan])
    assert (found.rows, found.left_out) == (1, 2)


def test_no_row_at_all_gives_nothing_rather_than_an_error():
    found = calibrate([], [])
    assert (found.rows, found.bins) == (0, ())
    assert np.isnan([found.expected_calibration_error, found.brier, found.auroc]).all()


@pytest.mark.parametrize("right", [[1, 1, 1], [0, 0, 0]])
def test_one_class_has_no_auroc_but_a_calibration_error(right):
    found = calibrate([0.2, 0.5, 0.8], right, bins=1)
    assert np.isnan(found.auroc)
    assert found.expected_calibration_error == pytest.approx(0.5)
    assert len(roc_curve([0.2, 0.5, 0.8], right)[0]) == 0


def test_qualities_between_0_and_1_have_no_auroc():
    found = calibrate([0.2, 0.8], [0.3, 0.6], bins=2)
    assert np.isnan(found.auroc)
    assert found.brier == pytest.approx((0.01 + 0.04) / 2)


def test_coverage_keeps_the_most_confident_first_and_ties_together():
    kept, values = coverage_curve([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0])
    np.testing.assert_allclose(kept, [0.25, 0.75, 1.0])
    np.testing.assert_allclose(values, [1, 2 / 3, 0.5])


def test_coverage_of_nothing_is_empty():
    assert [len(one) for one in coverage_curve([np.nan], [1])] == [0, 0]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.integers(1, 12))
def test_bins_hold_every_row_once_and_the_error_is_a_share(rows, bins):
    found = calibrate([one for one, _ in rows], [float(one) for _, one in rows], bins=bins)
    assert sum(one.rows for one in found.bins) == len(rows)
    assert len(found.bins) <= bins
    assert -1e-9 <= found.expected_calibration_error <= 1 + 1e-9


@given(st.lists(st.integers(0, 9), min_size=1, max_size=50))
def test_equal_values_are_never_in_two_bins(values):
    array = np.array(values, float)
    masks = equal_count(array, 4)
    assert sum(masks).tolist() == [1] * len(values)
    assert sum(len(np.unique(array[mask])) for mask in masks) == len(set(values))


@pytest.mark.parametrize(
    ("confidence", "right", "options", "message"),
    [
        ([0.5, 1.5], [1, 1], {}, r"confidence, row 1: got 1\.5; give values from 0 to 1"),
        ([0.5, 0.5], [1, -1], {}, "quality, row 1: got -1"),
        ([0.5], [1, 1], {}, "got 1 confidences for 2 answers; give one per row"),
        ([0.5], [1], {"bins": 0}, "bins: got 0; give at least 1"),
    ],
)
def test_bad_input_is_refused(confidence, right, options, message):
    with pytest.raises(ValueError, match=message):
        calibrate(confidence, right, **options)


def test_token_probability_is_the_geometric_mean_and_answer_probability_the_product():
    answer = Answer("C", "1", "1", log_probability=float(np.log(0.5) + np.log(0.125)), num_tokens=2)
    found = confidences(result_of([answer]))
    assert found["token_probability"].tolist() == pytest.approx([0.25])
    assert found["answer_probability"].tolist() == pytest.approx([0.0625])


def test_a_text_has_no_answer_probability():
    assert list(confidences(text_result())) == ["token_probability", "agreement"]


def test_the_score_is_the_probability_of_the_answer_that_was_given():
    answers = [Answer("C", text, "Yes", score=0.8) for text in ("Yes", "no.", "maybe")]
    np.testing.assert_allclose(confidences(result_of(answers, "yes_no"))["score"], [0.8, 0.2, np.nan])


def test_kinds_that_no_answer_has_are_not_named():
    assert confidences(smiles_result()) == {}
    assert list(confidences(yes_no_result())) == ["score"]


def test_a_log_probability_above_0_is_refused_with_its_row():
    with pytest.raises(ValueError, match=r"row 7: log_probability 2 is above 0"):
        confidences(result_of([Answer("C", "1", "1", row=7, log_probability=2.0, num_tokens=1)]))


def test_right_and_wrong_come_before_the_ranking_column():
    found = quality(smiles_result())
    assert found is not None
    assert (found.name, set(found.values)) == ("correct", {0.0, 1.0})


def test_a_text_takes_its_ranking_column_and_says_so():
    found = quality(text_result())
    assert found is not None
    assert found.name == "meteor"


def test_errors_are_no_quality():
    assert quality(number_result()) is None
