"""Some hundred inputs of each target, by a fixed seed, on the demo's molecules: no law is broken."""

import pytest

from tests.fuzz.running import run_here
from tests.fuzz.targets import SHARES, make_target

COUNTS = {"molecules": 250, "graphs": 300, "requests": 120, "conversations": 120, "files": 50, "prompts": 25, "app": 20}


@pytest.mark.parametrize("name", SHARES)
def test_no_input_breaks_a_law(name):
    if name == "app":
        pytest.importorskip("fastapi", reason="no server: pip install 'llamo[serve]'")
    found = run_here(make_target(name), COUNTS[name], seed=3)
    assert [(told["number"], told["outcome"]) for told in found.failures] == []
    assert found.inputs == COUNTS[name] and found.summary()["accepted"] and found.summary()["refused"]


def test_every_target_has_a_share_and_together_they_are_all():
    assert set(COUNTS) == set(SHARES) and sum(SHARES.values()) == pytest.approx(1)
