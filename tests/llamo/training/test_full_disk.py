"""A real disk that is full: a run in a small tmpfs, which only root may mount. One line, and more room is enough."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.llamo.training.test_kill import start
from tests.llamo.training.test_run import assert_same_weights, weights

pytestmark = pytest.mark.slow


@pytest.fixture
def disk(tmp_path):
    """A disk of 1 MB, and how to make it larger."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.name != "posix" or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place]).returncode:
        pytest.skip("no tmpfs can be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


def finish(place: Path, *options: str) -> tuple[int, str]:
    process = start(place, *options)
    _, errors = process.communicate(timeout=600)
    return process.returncode, errors.decode()


@pytest.mark.parametrize("size", ["300k", "600k", "1m", "1500k"])
def test_a_full_disk_is_one_line_and_with_more_room_the_run_goes_on_exactly(size, disk, tmp_path):
    subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True)
    code, errors = finish(disk / "run")
    assert code != 0 and "Traceback" not in errors
    assert "no space left" in errors.lower(), errors[-1000:]
    subprocess.run(["mount", "-o", "remount,size=100m", disk], check=True)
    code, errors = finish(disk / "run", "--resume")
    assert code == 0, errors[-2000:]
    assert finish(tmp_path / "straight")[0] == 0
    assert_same_weights(weights(disk / "run" / "model"), weights(tmp_path / "straight" / "model"))
