"""Two processes on the CPU (gloo) train as one does, and one without molecules keeps nobody waiting."""

import json
import os
import subprocess
import sys

import pytest
import torch

from tests.paths import REPOSITORY


def train(folder, kind: str, *, processes: int):
    folder.mkdir()
    launch = [sys.executable, "-m"]
    if processes > 1:
        launch += ["torch.distributed.run", "--standalone", "--nproc-per-node", str(processes), "-m"]
    command = [*launch, "tests.distributed.two_processes", str(folder), str(4 // processes), kind]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    result = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr[-3000:]
    losses = json.loads((folder / "losses.json").read_text())
    return losses, torch.load(folder / "weights.pt", weights_only=True)


@pytest.mark.parametrize("kind", ["graphs", "mixed"])
def test_two_processes_give_the_losses_and_weights_of_one(tmp_path, kind):
    losses, weights = train(tmp_path / "one", kind, processes=1)
    shared_losses, shared_weights = train(tmp_path / "two", kind, processes=2)
    assert shared_losses == pytest.approx(losses, rel=1e-4)
    assert shared_weights.keys() == weights.keys()
    different = {
        name: float((shared_weights[name] - tensor).abs().max())
        for name, tensor in weights.items()
        if not torch.allclose(shared_weights[name].float(), tensor.float(), atol=1e-4, rtol=1e-3)
    }
    assert different == {}
