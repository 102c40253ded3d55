"""Series of runs: resumed, compared on the same rows, refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from llamo.analysis.laboratory import running
from llamo.analysis.laboratory.arm import Arm
from llamo.analysis.laboratory.running import run_arms
from tests.llamo.analysis.laboratory import small

ARM = Arm("multi-level", seed=0, steps=2, base_steps=2, tokens=200, size=small.SIZE)
PLAIN = replace(ARM, name="atoms", projector={"projector_type": "mlp"}, base_steps=0)


def test_every_arm_is_measured_on_every_kind(tmp_path: Path):
    found = run_arms(
        [ARM, PLAIN, replace(ARM, name="blind", view="neither")], small.material(), tmp_path, descriptions=1
    )
    assert [one.name for one in found] == ["multi-level", "atoms", "blind"]
    assert all(one.kinds.keys() == {"description", "rings", "amide"} for one in found)
    assert [one.graph_tokens for one in found] == [28, None, 0]
    assert all(one.bleu_4 is not None for one in found)


def test_finished_runs_are_not_run_again(tmp_path: Path, monkeypatch):
    first = run_arms([PLAIN], small.material(), tmp_path)
    monkeypatch.setattr(running, "train_arm", None)
    assert run_arms([PLAIN], small.material(), tmp_path) == first


@pytest.mark.parametrize("changed", [{"learning_rate": 1e-3}, {"graph": {"num_hidden_layers": 2}}])
def test_other_settings_are_run_anew(tmp_path: Path, changed):
    first = run_arms([PLAIN], small.material(), tmp_path)
    assert run_arms([replace(PLAIN, **changed)], small.material(), tmp_path)[0].kinds != first[0].kinds


def test_the_same_seed_gives_the_same_numbers(tmp_path: Path):
    first, again = (run_arms([ARM], small.material(), tmp_path / name)[0].kinds for name in "ab")
    assert first == again


def test_a_name_with_its_seed_stands_once(tmp_path: Path):
    with pytest.raises(ValueError, match="two arms are 'atoms' with seed 0"):
        run_arms([PLAIN, PLAIN], small.material(), tmp_path)
