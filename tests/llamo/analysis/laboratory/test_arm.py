"""What an arm refuses, and what it starts from."""

import json

import pytest

from llamo.analysis.laboratory.arm import Arm


def test_an_unknown_view_is_refused():
    with pytest.raises(ValueError, match="one of both, graph, smiles, neither, got 'image'"):
        Arm("a", view="image")


def test_no_steps_are_refused():
    with pytest.raises(ValueError, match="at least 1, got 0"):
        Arm("a", steps=0)


def test_settings_are_json():
    assert json.loads(json.dumps(Arm("a", {"num_query_tokens": 2}).settings()))["projector"] == {"num_query_tokens": 2}


def test_seeds_share_a_base_that_sees_no_molecule():
    assert Arm("a", seed=0).base() == Arm("b", {"projector_type": "mlp"}, seed=1).base()
    assert Arm("a").base().view == "neither"
