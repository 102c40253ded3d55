"""A data folder of invented rows, and the caches and processor of the data tests."""

from pathlib import Path

import pytest

from tests.llamo.data.conftest import dataset_cache, processor  # noqa: F401
from tests.llamo.tasks.files import write_folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    return write_folder(tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True)
def no_named_folder(monkeypatch):
    monkeypatch.delenv("LLAMO_DATA", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
