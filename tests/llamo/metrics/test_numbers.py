"""Numbers in answers, against scipy and scikit-learn, and cases counted by hand."""

import csv
import gzip
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from llamo.metrics.numbers import NumberScorer, read_number
from llamo.metrics.scorer import Pairs, score
from tests.paths import DATA

SMALL = st.integers(-20, 20).map(lambda value: value / 4)


def scores(predictions, references, **fields) -> dict[str, float]:
    found = score(NumberScorer(), Pairs(predictions, references, **fields), resamples=0)
    return {name: one.value for name, one in found.items()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-0.2345", -0.2345),
        ("1e-3", 0.001),
        ("\u22120.5", -0.5),
        ("\u20130.5", -0.5),
        ("-5.83 eV", -5.83),
        ("0.25eV", 0.25),
        ("+.5", 0.5),
        ("3.", 3.0),
        ("The gap is -0.25 Hartree.", -0.25),
        ("gap=-0.25\n", -0.25),
        ("1e\u22123", 0.001),
        ("2 m²", 2.0),
    ],
)
def test_a_text_with_one_number_is_read(text, value):
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *["", "unknown", "nan", "inf", "1e999", "1e5e5", "--1", "1.2.3", "1,5", "1,234", "0.2-0.3", "0.2 to 0.3"],
        *["10\u207b\u00b3", "5 x 10^-3", "C6", "QM9 gap 0.2", "homo-0.5", "\N{ARABIC-INDIC DIGIT THREE}"],
    ],
)
def test_a_text_without_one_finite_number_is_unparsable(text):
    assert read_number(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_is_read_back(value):
    assert read_number(repr(value)) == value


@given(st.lists(st.tuples(SMALL, SMALL), min_size=3, max_size=30))
def test_scores_are_those_of_scipy_and_scikit_learn(rows):
    predicted, true = (np.array(side) for side in zip(*rows, strict=True))
    found = scores([str(value) for value in predicted], [str(value) for value in true])
    assert found["mae"] == pytest.approx(mean_absolute_error(true, predicted))
    assert found["rmse"] == pytest.approx(root_mean_squared_error(true, predicted))
    if len(set(true)) > 1:
        assert found["r2"] == pytest.approx(r2_score(true, predicted), abs=1e-9)
    if len(set(true)) > 1 and len(set(predicted)) > 1:
        assert found["spearman"] == pytest.approx(spearmanr(true, predicted).statistic, abs=1e-9)


def test_unparsable_answers_are_counted_and_cost_the_mean_guess():
    found = scores(["1.5", "none", "3"], ["1", "2", "6"])
    assert (found["unparsable"], found["parsable"]) == (1, pytest.approx(2 / 3))
    assert found["mae"] == pytest.approx((0.5 + 3) / 2)
    assert found["mae_all"] == pytest.approx((0.5 + 1 + 3) / 3)  # the references' mean is 3


def test_a_system_that_says_nothing_scores_the_mean_guess():
    found = scores(["", ""], ["1", "3"])
    assert (found["mae_all"], found["unparsable"]) == (1, 2)
    assert all(math.isnan(found[name]) for name in ("mae", "rmse", "r2", "spearman"))


def test_references_that_are_all_the_same_define_no_agreement():
    found = scores(["0.1", "0.2", "0.3"], ["0.1"] * 3)
    assert math.isnan(found["r2"]) and math.isnan(found["spearman"])


def test_groups_are_scored_apart():
    found = scores(["1", "4", "x", "20"], ["2", "4", "10", "30"], groups=["homo", "homo", "gap", "gap"])
    assert (found["mae[homo]"], found["mae[gap]"]) == (0.5, 10)
    assert found["mae"] == pytest.approx(11 / 3)
    assert (found["mae_all[gap]"], found["mae_all"]) == (10, pytest.approx((1 + 0 + 10 + 10) / 4))


def test_to_tell_groups_apart_is_no_agreement():
    answers = ["0", "1", "2", "100", "101", "102"]
    references = ["2", "1", "0", "102", "101", "100"]
    assert scores(answers, references)["spearman"] > 0.4
    grouped = scores(answers, references, groups=["a", "a", "a", "b", "b", "b"])
    assert (grouped["spearman"], grouped["r2"]) == (-1, pytest.approx(-3))


def test_a_group_survives_the_bootstrap():
    pairs = Pairs(["1", "2", "x"], ["1", "1", "5"], groups=["a", "a", "b"])
    found = score(NumberScorer(), pairs, resamples=50)
    assert 0 <= found["mae[a]"].low <= found["mae[a]"].value <= found["mae[a]"].high <= 1
    assert found["mae[b]"].to_dict() == {"value": None, "low": None, "high": None}


def test_a_reference_that_is_no_number_is_named():
    with pytest.raises(ValueError, match="references, row 1: got 'high', expected one finite number; correct it"):
        NumberScorer().measure(Pairs(["1", "2"], ["1", "high"]))


def test_noise_on_real_solubilities_is_found_again():
    path = DATA / "esol.csv.gz"
    if not path.is_file():
        pytest.skip(f"no {path}")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        true = [row["measured log solubility in mols per litre"] for row in csv.DictReader(file)]
    noise = np.random.default_rng(0).normal(size=len(true))
    found = scores([f"{float(text) + shift:.4f} log mol/L" for text, shift in zip(true, noise, strict=True)], true)
    assert found["rmse"] == pytest.approx(1, abs=0.05)
    assert found["mae"] == pytest.approx(math.sqrt(2 / math.pi), abs=0.05)
