"""Linear readings of node states."""

import numpy as np
import pytest

from llamo.analysis.over_smoothing.probes import explained, own_and_whole

COUNTS = [4] * 50
GENERATOR = np.random.default_rng(0)
FIRST = GENERATOR.normal(size=(200, 3))


def test_level_zero_tells_the_atom_itself():
    own, _ = own_and_whole(FIRST, FIRST, COUNTS)
    assert min(own) > 0.99


def test_states_that_are_the_molecules_mean_tell_it_and_little_else():
    means = np.repeat(FIRST.reshape(50, 4, 3).mean(1), 4, axis=0)
    own, whole = own_and_whole(means, FIRST, COUNTS)
    assert min(whole) > 0.99
    assert np.mean(own) == pytest.approx(0.25, abs=0.1)  # the mean of four has a quarter of the variance


def test_noise_tells_nothing_of_molecules_that_were_held_out():
    assert np.mean(explained(GENERATOR.normal(size=(200, 3)), FIRST, COUNTS)) < 0.1
