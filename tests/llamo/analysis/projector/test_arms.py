"""The arms can be built, and stand once each."""

import pytest

from configuration import LlamoConfig
from llamo.analysis.projector.arms import OURS, SMALL, TABLE, all_arms, queries_name

ARMS = all_arms(2, 5)


def test_each_name_stands_once_for_each_seed():
    names = [(arm.name, arm.seed) for arm in ARMS]
    assert len(set(names)) == len(names)
    assert {arm.seed for arm in ARMS} == {0, 1}


@pytest.mark.parametrize("arm", [arm for arm in ARMS if not arm.seed], ids=lambda arm: arm.name)
def test_every_projector_can_be_configured(arm):
    config = LlamoConfig(graph_config={"hidden_size": SMALL.graph_width}, projector_config=dict(arm.projector))
    tokens = {1: 7, 2: 14, 8: 56}
    by_name = {queries_name(number): number for number in tokens}
    expected = tokens[by_name[arm.name]] if arm.name in by_name else None
    assert expected is None or config.num_graph_tokens == expected


def test_all_arms_but_the_projector_are_alike():
    assert len({(arm.steps, arm.tokens, arm.learning_rate, arm.size) for arm in ARMS}) == 1


def test_the_reference_is_in_the_table():
    assert OURS in [arm.name for arm in TABLE]
