"""Choosing tokens: greedy, sampled, by the generation config."""

import pytest
import torch

from llamo.serving.next_token import NextToken, Sampling
from tests.tiny import tiny_model

LOGITS = torch.linspace(0, 3, 100)


@pytest.fixture
def model():
    return tiny_model()


def chosen(model, sampling: Sampling, count: int = 20) -> list[int]:
    chooser = NextToken(model, [1, 5], count, sampling)
    return [chooser.choose(LOGITS)[0] for _ in range(count)]


def test_temperature_0_takes_the_likeliest(model):
    assert set(chosen(model, Sampling())) == {99}


def test_the_same_seed_gives_the_same_tokens(model):
    assert chosen(model, Sampling(1.0, seed=7)) == chosen(model, Sampling(1.0, seed=7))


def test_another_seed_gives_other_tokens(model):
    assert chosen(model, Sampling(1.0, seed=7)) != chosen(model, Sampling(1.0, seed=8))


def test_a_small_top_p_leaves_the_likeliest(model):
    assert set(chosen(model, Sampling(1.0, top_p=0.01))) == {99}


def test_the_bias_of_the_generation_config_is_obeyed(model):
    model.generation_config.sequence_bias = [[[99], -10.0]]
    assert set(chosen(model, Sampling())) == {98}


def test_choosing_leaves_the_generation_config_alone(model):
    before = model.generation_config.to_dict()
    chosen(model, Sampling(0.5, 0.5))
    assert model.generation_config.to_dict() == before


def test_log_probabilities_are_the_model_s_own(model):
    model.generation_config.sequence_bias = [[[99], -10.0]]
    _, logprob = NextToken(model, [1], 5, Sampling(top_logprobs=2)).choose(LOGITS)
    logs = LOGITS.log_softmax(-1)
    assert logprob is not None and logprob.token == 98
    assert [token for token, _ in logprob.top] == [99, 98]
    assert logprob.logprob == pytest.approx(float(logs[98]))
