"""A stranger's package with one of our generic names is refused in one sentence that names its folder."""

import os
import subprocess
import sys

import pytest

from tests.paths import REPOSITORY


def import_llamo_with(first_on_path) -> subprocess.CompletedProcess:
    path = os.pathsep.join([str(first_on_path), str(REPOSITORY)])
    return subprocess.run(
        [sys.executable, "-c", "import llamo"],
        cwd=first_on_path,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", ["configuration", "modeling_llamo", "processors"])
@pytest.mark.parametrize("kind", ["package", "module"])
def test_a_strangers_package_is_named_and_refused(tmp_path, name, kind):
    if kind == "package":
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    else:
        (tmp_path / f"{name}.py").touch()
    result = import_llamo_with(tmp_path)
    assert result.returncode != 0
    last_line = result.stderr.strip().splitlines()[-1]
    assert last_line.startswith("ImportError")
    assert str(tmp_path / name) in last_line
    assert "rename" in last_line


def test_a_folder_without_code_does_not_disturb(tmp_path):
    (tmp_path / "configuration").mkdir()
    assert import_llamo_with(tmp_path).returncode == 0


def test_our_own_packages_are_accepted(tmp_path):
    assert import_llamo_with(tmp_path).returncode == 0
