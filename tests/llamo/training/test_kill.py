"""SIGKILL at any moment, then --resume: the same weights as if nothing had happened, bit by bit."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.llamo.training.recipes import TINY, overrides
from tests.llamo.training.test_run import assert_same_weights, weights
from tests.paths import REPOSITORY

MORE = ("stages.0.arguments.max_steps=8", "stages.0.arguments.save_steps=1", "stages.0.arguments.eval_steps=8")


STREAM = ("stages.0.train.0.streaming=true", "stages.1.train.0.streaming=true", "data.leakage='off'")


def start(output, *options: str) -> subprocess.Popen:
    command = [sys.executable, "-c", "from llamo.cli import main; main()", "train", str(TINY)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([*command, *overrides(output, *MORE), *options], env=environment, stderr=subprocess.PIPE)


def test_a_killed_run_goes_on_to_the_same_weights(tmp_path):
    kill_and_go_on(tmp_path, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("more", [(), STREAM], ids=["files", "streams"])
def test_a_run_that_gets_any_signal_goes_on_to_the_same_weights(more, number, tmp_path):
    kill_and_go_on(tmp_path, number, *more)


def kill_and_go_on(tmp_path, number: int, *more: str):
    """Ends a run at some step, perhaps in the middle of writing its checkpoint, and compares what it comes to."""
    straight = start(tmp_path / "straight", *more)
    killed = start(tmp_path / "killed", *more)
    step = random.Random(os.urandom(4)).randint(1, 6)
    deadline = time.monotonic() + 600
    while not (tmp_path / "killed" / "1-align" / "checkpoints" / f"checkpoint-{step}").exists():
        assert killed.poll() is None and time.monotonic() < deadline, killed.communicate()[1][-2000:]
        time.sleep(0.01)
    killed.send_signal(number)
    _, errors = killed.communicate(timeout=600)
    assert killed.returncode != 0 and not (tmp_path / "killed" / "model").exists()
    if number == signal.SIGTERM:
        assert b"Traceback" not in errors and b"go on with --resume" in errors, errors[-2000:]
    _, errors = straight.communicate(timeout=600)
    assert straight.returncode == 0, errors[-2000:]
    resumed = start(tmp_path / "killed", "--resume", *more)
    _, errors = resumed.communicate(timeout=600)
    assert resumed.returncode == 0, errors[-2000:]
    for folder in ("1-align/model", "model"):
        assert_same_weights(weights(tmp_path / "killed" / folder), weights(tmp_path / "straight" / folder))
