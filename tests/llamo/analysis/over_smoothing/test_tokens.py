"""What graph tokens read and how alike they are."""

import numpy as np
import pytest
import torch

from llamo.analysis.over_smoothing import tokens
from llamo.analysis.over_smoothing.molecules import measured
from modeling_llamo.projector.base import GraphAttention
from tests.tiny import tiny_config, tiny_model

PARTS = ["0", "0", "1", "1", "groups"]


def test_the_parts_of_tokens_follow_the_levels_and_the_place_of_groups():
    model = tiny_model(tiny_config(num_motif_query_tokens=1))
    assert tokens.parts_of(model) == ["0", "0", "1", "1", "2", "2", "groups"]
    model = tiny_model(tiny_config(num_motif_query_tokens=1, motif_position="first"))
    assert tokens.parts_of(model)[0] == "groups"


def test_another_projector_is_refused_with_the_remedy():
    with pytest.raises(ValueError, match="multi_level projector has tokens of each level, this model's is resampler"):
        tokens.parts_of(tiny_model(tiny_config(projector_type="resampler")))


def test_the_model_gives_a_token_and_its_attention_for_every_part():
    model, molecules = tiny_model(), measured(10)
    found, attention = tokens.encode(model, molecules)
    assert found.shape[:2] == (10, len(tokens.parts_of(model)))
    reading = tokens.reading(attention, tokens.parts_of(model))
    assert set(reading) == {"0", "1", "2", "groups"}
    assert reading["0"]["even"] == pytest.approx([1 / atoms for atoms in molecules.counts])


def test_even_attention_is_even_and_one_atom_is_not():
    even, one = torch.full((2, 1, 4), 0.25), torch.eye(4)[:2, None]
    attention = [GraphAttention((0, 1), torch.cat([even[:1], one[:1]]), torch.zeros(2, 1, 0))]
    found = tokens.reading(attention, ["0", "1"])
    assert found["0"] == {"entropy": [pytest.approx(1)], "most": [0.25], "even": [0.25]}
    assert found["1"]["entropy"] == [pytest.approx(0, abs=1e-9)]
    assert found["1"]["most"] == [1]


def test_alignment_ignores_turns_and_scales_and_is_none_for_noise():
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(300, 5))
    turn = np.linalg.qr(generator.normal(size=(5, 5)))[0]
    assert tokens.alignment(rows, 3 * rows @ turn + 2) == pytest.approx(1)
    assert tokens.alignment(rows, generator.normal(size=(300, 50))) == pytest.approx(0, abs=0.05)


def test_alignment_of_few_molecules_is_refused():
    with pytest.raises(ValueError, match="at least 4 molecules, got 3"):
        tokens.alignment(np.ones((3, 2)), np.ones((3, 2)))


def test_parts_that_are_gone_are_the_mean_over_molecules():
    found = torch.randn(3, 5, 2, generator=torch.Generator().manual_seed(0))
    changed = tokens.without(found, PARTS, {"1": True})
    torch.testing.assert_close(changed[:, [0, 1, 4]], found[:, [0, 1, 4]])
    torch.testing.assert_close(changed[0, 2:4], found[:, 2:4].mean(0))
