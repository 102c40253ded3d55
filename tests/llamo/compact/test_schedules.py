"""Plans: what a twin shares with the model it is compared with."""

from dataclasses import replace

import pytest

from llamo.compact.model import build
from llamo.compact.schedules import PLANS, TWINS
from processors import LlamoProcessor
from tests.text import byte_tokenizer


@pytest.mark.parametrize("name", PLANS)
def test_a_twin_differs_in_one_thing(name):
    plan = PLANS[name]
    assert plan.twin("full") is plan
    text, single = plan.twin("text-only"), plan.twin("single-layer")
    assert replace(text.schedule, views=plan.schedule.views) == plan.schedule and text.size == plan.size
    assert {text.schedule.views.draw(0, step, 0) for step in range(50)} == {"smiles"}
    assert single.schedule == plan.schedule and single.size == plan.size and single.projector != plan.projector
    with pytest.raises(ValueError, match="full, text-only, single-layer, got 'other'"):
        plan.twin("other")


def test_twins_have_as_many_graph_tokens_and_about_as_many_weights():
    weights, tokens = {}, set()
    for twin in TWINS:
        processor, plan = LlamoProcessor.from_tokenizer(byte_tokenizer()), PLANS["gpu"].twin(twin)
        weights[twin] = build(processor, plan.size, seed=0, projector=plan.projector).num_parameters()
        tokens.add(processor.num_graph_tokens)
    assert tokens == {28}
    assert max(weights.values()) / min(weights.values()) < 1.05
