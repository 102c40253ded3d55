"""One of two processes is killed: the other ends too, soon and with an error, and resuming is exact."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.llamo.training.recipes import TINY, overrides
from tests.llamo.training.test_kill import MORE
from tests.llamo.training.test_run import assert_same_weights, weights
from tests.paths import REPOSITORY

pytestmark = pytest.mark.slow
# Seconds in which torchrun ends the others: it asks them to, and after 30 it makes them.
SOON = 60


def start(output: Path, *options: str) -> subprocess.Popen:
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "llamo.cli"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    command = [*launch, "train", str(TINY), *overrides(output, *MORE), *options]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)


def ranks_of(process: subprocess.Popen) -> list[int]:
    """Numbers of the processes that torchrun started, by rank."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    found = {}
    for child in map(int, children):
        values = dict(
            part.split("=", 1) for part in Path(f"/proc/{child}/environ").read_text().split("\0") if "=" in part
        )
        if "RANK" in values:
            found[int(values["RANK"])] = child
    return [found[rank] for rank in sorted(found)]


def end(process: subprocess.Popen, *, seconds: int = 600) -> tuple[int, str]:
    _, errors = process.communicate(timeout=seconds)
    return process.returncode, errors.decode()


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    output = tmp_path_factory.mktemp("straight") / "run"
    code, errors = end(start(output))
    assert code == 0, errors[-2000:]
    return {folder: weights(output / folder) for folder in ("1-align/model", "model")}


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are found in /proc")
@pytest.mark.parametrize("rank", [0, 1])
def test_a_process_that_dies_ends_the_run_soon_and_resuming_is_exact(rank, straight, tmp_path):
    run = start(tmp_path / "run")
    deadline = time.monotonic() + 600
    while not (tmp_path / "run" / "1-align" / "checkpoints" / "checkpoint-3").exists():
        assert run.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    both = ranks_of(run)
    os.kill(both[rank], signal.SIGKILL)
    code, errors = end(run, seconds=SOON)
    assert code != 0
    assert not any(Path(f"/proc/{one}").exists() for one in both)
    assert not (tmp_path / "run" / "model").exists()
    code, errors = end(start(tmp_path / "run", "--resume"))
    assert code == 0, errors[-2000:]
    for folder, expected in straight.items():
        assert_same_weights(weights(tmp_path / "run" / folder), expected)
