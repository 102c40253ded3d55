"""The GPU benchmark runs from end to end, on a CPU with tiny shapes."""

import os
import subprocess
import sys

from tests.paths import REPOSITORY


def test_it_runs_on_a_cpu(tmp_path):
    environment = {**os.environ, "LLAMO_BENCHMARK_RESULTS": str(tmp_path)}
    command = [sys.executable, "-m", "benchmarks.gpu", "--device", "cpu", "--tiny"]
    result = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    for part in ("prefill", "generate", "encoder", "projector", "LoRA step", "4 bits"):
        assert part in result.stdout
    assert (tmp_path / "gpu-tiny.json").is_file()


def test_without_a_gpu_it_says_so():
    command = [sys.executable, "-m", "benchmarks.gpu"]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    result = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert result.returncode == 2
    assert "no GPU" in result.stderr.splitlines()[-1]
