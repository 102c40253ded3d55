"""Similarity of node states where it is known."""

import numpy as np
import pytest

from llamo.analysis.over_smoothing.measures import cosine_distance, effective_rank, measure, share_apart

BONDS = np.array([[0, 1, 3], [1, 2, 4]])  # of molecules of 3 and 2 atoms


def states(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(5, 4))


def test_cosine_distance_is_that_of_all_pairs():
    rows = states()
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    pairs = [1 - unit[one] @ unit[other] for one in range(5) for other in range(one)]
    assert cosine_distance(rows) == pytest.approx(np.mean(pairs))


def test_atoms_that_are_equal_are_smooth_by_every_measure():
    rows = np.repeat(np.array([[1.0, 2], [3, -1]]), [3, 2], axis=0)
    found = measure(rows, [3, 2], BONDS)
    for name in ("distance", "centred", "energy", "within", "apart"):
        np.testing.assert_allclose(found[name], 0, atol=1e-9)
    np.testing.assert_allclose(found["rank"], [1 / 3, 1 / 2])


def test_measures_do_not_change_with_the_scale_or_a_turn():
    turn = np.linalg.qr(states(1)[:4])[0]
    one, other = measure(states(), [3, 2], BONDS), measure(7 * states() @ turn, [3, 2], BONDS)
    for name in one:
        np.testing.assert_allclose(one[name], other[name])


def test_all_but_distance_and_rank_ignore_a_common_offset():
    one, other = measure(states(), [3, 2], BONDS), measure(states() + 5, [3, 2], BONDS)
    for name in ("centred", "energy", "within", "apart"):
        np.testing.assert_allclose(one[name], other[name])
    assert (other["distance"] < one["distance"]).all()


def test_energy_is_that_of_bonds_by_that_of_any_two_atoms():
    rows = states()
    any_two = np.mean([((one - other) ** 2).sum() for one in rows for other in rows])
    of_second = ((rows[3] - rows[4]) ** 2).sum()
    assert measure(rows, [3, 2], BONDS)["energy"][1] == pytest.approx(of_second / any_two)


def test_effective_rank_counts_directions():
    assert effective_rank(np.eye(3)) == pytest.approx(3)
    assert effective_rank(np.outer([1, 2, 3], [1, 1])) == pytest.approx(1)


def test_pairs_apart_are_counted_by_distance():
    assert share_apart(np.array([[0.0], [0.05], [1.0]]), 0.1) == pytest.approx(2 / 3)


def test_a_molecule_of_one_atom_is_refused():
    with pytest.raises(ValueError, match="two atoms and more, got one of 1"):
        measure(states(), [4, 1], BONDS[:, :2])


def test_states_without_any_difference_are_refused():
    with pytest.raises(ValueError, match="one and the same state"):
        measure(np.ones((5, 4)), [3, 2], BONDS)
