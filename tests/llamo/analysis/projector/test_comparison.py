"""Arms beside the reference."""

import pytest

from llamo.analysis.projector.arms import OURS
from llamo.analysis.projector.comparison import compare
from tests.llamo.analysis.projector.made import result, results


def test_differences_are_paired_by_seed():
    pairs = [(0, 0.0), (1, 0.3), (2, -0.2)]  # seeds differ, arms do not
    runs = [result("a" if arm else OURS, seed, 0.1, False) for seed, _ in pairs for arm in (0, 1)]
    found = compare(runs, OURS)["a"].differences
    assert found is not None and found["right"].mean == pytest.approx(10, abs=0.2)


def test_more_is_better_or_less_is():
    compared = compare(results({"MLP, layer 1": 0.1}), OURS)
    right, loss = compared[OURS].measures
    assert compared["MLP, layer 1"].is_better(right) and compared["MLP, layer 1"].is_better(loss)
    assert compared["resampler"].is_worse(right) and compared["resampler"].is_worse(loss)


def test_one_seed_makes_nothing_sure():
    compared = compare(results({}, seeds=1), OURS)["resampler"]
    assert not any(compared.is_worse(measure) for measure in compared.measures)


def test_descriptions_are_a_measure_where_they_were_asked():
    assert [one.key for one in compare(results({}, descriptions=True), OURS)[OURS].measures][-1] == "captions"


def test_a_missing_reference_and_other_seeds_are_refused():
    with pytest.raises(ValueError, match="no run of 'multi-level'; there are: a"):
        compare([result("a", 0, 0.1)], OURS)
    with pytest.raises(ValueError, match="'a' was run with other seeds"):
        compare([result(OURS, 0, 0.0), result("a", 1, 0.1)], OURS)
