"""SIGKILL at any moment, then --resume: the same weights as if nothing had happened, bit by bit."""

import os
import random
import signal
import subprocess
import sys
import time

from tests.llamo.training.recipes import TINY, overrides
from tests.llamo.training.test_run import assert_same_weights, weights
from tests.paths import REPOSITORY

MORE = ("stages.0.arguments.max_steps=8", "stages.0.arguments.save_steps=1", "stages.0.arguments.eval_steps=8")


def start(output, *options: str) -> subprocess.Popen:
    command = [sys.executable, "-c", "from llamo.cli import main; main()", "train", str(TINY)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([*command, *overrides(output, *MORE), *options], env=environment, stderr=subprocess.PIPE)


def test_a_killed_run_goes_on_to_the_same_weights(tmp_path):
    straight = start(tmp_path / "straight")
    killed = start(tmp_path / "killed")
    step = random.Random(os.urandom(4)).randint(1, 6)
    deadline = time.monotonic() + 300
    while not (tmp_path / "killed" / "1-align" / "checkpoints" / f"checkpoint-{step}").exists():
        assert killed.poll() is None and time.monotonic() < deadline, killed.communicate()[1][-2000:]
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)  # perhaps in the middle of writing that checkpoint
    killed.communicate()
    assert not (tmp_path / "killed" / "model").exists()
    _, errors = straight.communicate(timeout=300)
    assert straight.returncode == 0, errors[-2000:]
    resumed = start(tmp_path / "killed", "--resume")
    _, errors = resumed.communicate(timeout=300)
    assert resumed.returncode == 0, errors[-2000:]
    for folder in ("1-align/model", "model"):
        assert_same_weights(weights(tmp_path / "killed" / folder), weights(tmp_path / "straight" / folder))
