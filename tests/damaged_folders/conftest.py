"""A whole model folder, and a copy of it to be damaged."""

import shutil
from pathlib import Path

import pytest

from tests.llamo.asking.models import save_model


@pytest.fixture(scope="session")
def whole(tmp_path_factory) -> Path:
    return save_model(tmp_path_factory.mktemp("whole") / "model")


@pytest.fixture
def folder(tmp_path, whole) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "model"))
