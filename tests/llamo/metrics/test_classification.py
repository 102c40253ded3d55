"""Yes and no, against scikit-learn and cases counted by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, roc_auc_score

from llamo.metrics.classification import ClassificationScorer, auroc, read_yes_no
from llamo.metrics.scorer import Pairs, score

NAMES = {0: "no", 1: "yes"}
# Two rows of either class first, so that every score is defined; certainties from few values, so that there are ties.
LABELS = st.lists(st.integers(0, 1), min_size=0, max_size=30).map(lambda labels: [0, 1, *labels])


def scores(predictions, references, **fields) -> dict[str, float]:
    found = score(ClassificationScorer(), Pairs(predictions, references, **fields), resamples=0)
    return {name: one.value for name, one in found.items()}


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", 1), ("Yes.", 1), (" NO\n", 0), ("True", 1), ("**false**", 0), ("", None), ("no idea", None), ("1", None)],
)
def test_answers_are_read(text, value):
    assert read_yes_no(text) == value


@given(LABELS, st.data())
def test_scores_are_those_of_scikit_learn(true, data):
    given_labels = data.draw(st.lists(st.integers(0, 1), min_size=len(true), max_size=len(true)))
    found = scores([NAMES[label] for label in given_labels], [NAMES[label] for label in true])
    assert found["accuracy"] == pytest.approx(accuracy_score(true, given_labels))
    assert found["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(true, given_labels))
    assert found["f1"] == pytest.approx(f1_score(true, given_labels))
    assert found["auroc"] == pytest.approx(roc_auc_score(true, given_labels))


@given(LABELS, st.data())
def test_the_area_is_scikit_learns_ties_and_all(true, data):
    certainty = np.array(
        data.draw(st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.9]), min_size=len(true), max_size=len(true)))
    )
    assert auroc(certainty, np.array(true) == 1) == pytest.approx(roc_auc_score(true, certainty))


def test_unparsable_answers_are_wrong_and_counted():
    found = scores(["yes", "?", "no", ""], ["yes", "yes", "no", "no"])
    assert (found["accuracy"], found["balanced_accuracy"], found["unparsable"]) == (0.5, 0.5, 2)
    assert found["f1"] == pytest.approx(2 / 3)  # one yes found, none wrong, one missed
    assert found["auroc"] == (1 + 1 + 1 + 0.5) / 4  # unparsable stands between yes and no


def test_probabilities_are_preferred_to_answers():
    pairs = Pairs(["no", "no"], ["yes", "no"], scores=[0.4, 0.1])
    scorer = ClassificationScorer()
    found = score(scorer, pairs, resamples=0)
    assert (found["auroc"].value, found["accuracy"].value) == (1, 0.5)
    assert scorer.settings == {"auroc_from": "probabilities"}


@pytest.mark.parametrize(
    ("certainties", "source"),
    [
        (None, "answers"),
        ([math.nan, math.nan], "answers"),
        ([0.4, math.nan], "probabilities (1 rows), answers (1 rows)"),
    ],
)
def test_settings_say_what_the_area_is_of(certainties, source):
    scorer = ClassificationScorer()
    scorer.measure(Pairs(["yes", "no"], ["yes", "no"], scores=certainties))
    assert scorer.settings == {"auroc_from": source}


def test_scores_are_means_over_groups():
    found = scores(
        ["yes", "no", "no", "yes", "no", "no"],
        ["yes", "no", "yes", "no", "no", "no"],
        groups=["a", "a", "b", "b", "b", "b"],
    )
    assert (found["auroc[a]"], found["auroc[b]"]) == (1, pytest.approx(1 / 3))
    assert found["auroc"] == pytest.approx(2 / 3)
    assert found["accuracy"] == pytest.approx((1 + 0.5) / 2)


def test_a_group_of_one_class_is_left_out_of_the_mean_and_counted():
    found = scores(["yes", "no", "yes"], ["yes", "no", "no"], groups=["a", "a", "b"])
    assert (found["auroc"], found["single_class_groups"]) == (1, 1)
    assert math.isnan(found["auroc[b]"])


def test_one_class_alone_has_no_area():
    assert math.isnan(scores(["yes"], ["yes"])["auroc"])


def test_a_reference_that_is_neither_is_named():
    with pytest.raises(ValueError, match=r"references, row 1: got '0\.7', expected yes or no; correct it"):
        ClassificationScorer().measure(Pairs(["yes", "no"], ["yes", "0.7"]))
