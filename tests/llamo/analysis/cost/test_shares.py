"""Shares by calculation."""

import pytest
from transformers import LlamaConfig, LlamaForCausalLM

from llamo.analysis.cost.language_model import LanguageModel
from llamo.analysis.cost.operations import count_flops
from llamo.analysis.cost.projectors import ENCODER, Sizes
from llamo.analysis.cost.shares import share

SMALL, LARGE = Sizes(), Sizes(text_width=4096)
COUNTED = {"mlp": {"flops": SMALL.text_flops("mlp", 20)}, ENCODER: {"flops": 1000}}


def test_a_language_model_counts_as_its_calls_do():
    config = LlamaConfig(
        vocab_size=50, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2
    )
    import torch

    ids = torch.zeros(1, 6, dtype=torch.long)
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():
        counted = count_flops(lambda: model(ids))
    calculated = LanguageModel(width=16, inner=24, layers=2, vocabulary=50)
    full = 4 * 16 * 2 * 6 * 6  # the call's attention computes what the mask hides, too
    causal = 4 * 16 * 2 * 6 * 7 / 2
    rotary = counted - (calculated.forward(6) - causal + full)
    assert 0 <= rotary < 0.02 * counted


def test_llama_2_has_its_weights():
    assert LanguageModel().weights == pytest.approx(6.61e9, rel=1e-3)


def test_tokens_behind_others_and_all_at_once_are_the_same():
    model = LanguageModel()
    assert model.forward(5) + model.forward(3, before=5) == pytest.approx(model.forward(8))


def test_shares_are_of_the_whole_and_fall_with_text():
    few, many = (share("alignment", "mlp", 20, text, COUNTED, SMALL, LARGE) for text in (10, 1000))
    assert 0 < many.of_projector < few.of_projector < 1
    assert few.projector == 3 * LARGE.text_flops("mlp", 20)


def test_a_frozen_encoder_costs_a_third():
    costs = [share(step, "mlp", 20, 10, COUNTED, SMALL, LARGE).encoder for step in ("alignment", "instruction tuning")]
    assert costs == [3000, 1000]
