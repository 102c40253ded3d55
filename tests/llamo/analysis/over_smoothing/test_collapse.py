"""The linear model and its rates."""

import numpy as np
import pytest

from llamo.analysis.over_smoothing.collapse import beside, linear_model, operators, rates

COUNTS, BONDS = [4, 3], np.array([[0, 1, 2, 4, 5], [1, 2, 3, 5, 6]])  # two chains
STATES = np.random.default_rng(0).normal(size=(7, 6))


def test_operators_are_one_on_atoms_and_bonds():
    chain = np.eye(3) + np.diag([1, 1], 1) + np.diag([1, 1], -1)
    np.testing.assert_array_equal(operators(COUNTS, BONDS)[1], chain)


def test_rates_of_chains_are_those_of_their_cosines():
    def ratio(atoms: int) -> float:  # eigenvalues of a chain are 1 + 2 cos(pi k / (n + 1))
        sizes = sorted(abs(1 + 2 * np.cos(np.pi * k / (atoms + 1))) for k in range(1, atoms + 1))
        return sizes[-2] / sizes[-1]

    np.testing.assert_allclose(rates(COUNTS, BONDS), [ratio(4), ratio(3)])


def test_the_linear_model_comes_to_its_rate():
    course = linear_model(STATES, COUNTS, BONDS, 40)
    np.testing.assert_allclose(course[25] / course[24], rates(COUNTS, BONDS), rtol=1e-3)


def test_a_linear_encoder_with_turns_for_weights_is_the_linear_model():
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(6, 6)))[0]
    rows = STATES
    for _ in range(3):
        parts = np.split(rows, [4])
        rows = np.concatenate([one @ part for one, part in zip(operators(COUNTS, BONDS), parts, strict=True)]) @ turn
    np.testing.assert_allclose(beside(rows, COUNTS), linear_model(STATES, COUNTS, BONDS, 3)[3])


def test_states_of_one_direction_have_nothing_beside_it():
    assert beside(np.outer([1, 2, 3], [1, 4]), [3]) == pytest.approx(0, abs=1e-7)
