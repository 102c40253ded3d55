"""Encoders of any depth."""

import numpy as np
import pytest
import torch

from llamo.analysis.over_smoothing import encoders
from llamo.analysis.over_smoothing.molecules import pack
from modeling_llamo.batch_norm import NodeBatchNorm
from processors import LlamoFeatureExtractor

GRAPHS = [LlamoFeatureExtractor().featurize(one) for one in ("CCO", "c1ccccc1O", "CC(=O)OC", "CCN(C)C")]


@pytest.fixture
def encoder():
    return encoders.fresh(2, width=16, seed=0)


def test_a_seed_gives_one_encoder(encoder):
    other = encoders.fresh(2, width=16, seed=0).state_dict()
    assert all(torch.equal(tensor, other[name]) for name, tensor in encoder.state_dict().items())


def test_calibrated_statistics_are_those_of_the_molecules(encoder):
    many = pack(GRAPHS * 30)
    encoders.calibrate(encoder, many)
    last = encoders.states(encoder, many)[-1]
    np.testing.assert_allclose(last.mean(0), 0, atol=0.02)
    np.testing.assert_allclose(last.std(0), 1, atol=0.02)
    assert {norm.momentum for norm in encoder.modules() if isinstance(norm, NodeBatchNorm)} == {0.1}


def test_without_norms_nothing_is_taken_away_and_all_come_back(encoder):
    encoders.calibrate(encoder, pack(GRAPHS))
    before = encoders.states(encoder, pack(GRAPHS))
    with encoders.without_norms(encoder):
        bare = encoders.states(encoder, pack(GRAPHS))
    assert not np.allclose(bare[-1], before[-1])
    np.testing.assert_array_equal(encoders.states(encoder, pack(GRAPHS))[-1], before[-1])


def test_training_learns_functional_groups(encoder):
    head = encoders.train(encoder, GRAPHS, steps=20, seed=0)
    encoders.calibrate(encoder, pack(GRAPHS))
    assert not encoder.training
    assert encoders.learned(encoder, head, GRAPHS, GRAPHS) > 0


def test_labels_say_which_features_of_groups_are_there():
    truth = encoders.labels(GRAPHS)
    assert truth.shape == (4, 73)
    np.testing.assert_array_equal(truth[1].numpy().astype(bool), GRAPHS[1].motif_features.max(0) > 0)
