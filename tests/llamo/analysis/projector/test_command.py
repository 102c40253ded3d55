"""The whole command, from a prepared folder to findings."""

from pathlib import Path

import pytest

from llamo.analysis.projector import arms, command
from tests.llamo.analysis.laboratory import small
from tests.llamo.analysis.laboratory.test_terse import folder  # noqa: F401


def test_the_papers_table_is_run_and_told(folder: Path, tmp_path: Path, monkeypatch):  # noqa: F811
    monkeypatch.setattr(arms, "SMALL", small.SIZE)
    told = []
    found = command.run(
        tmp_path / "out", prepared=folder, seeds=1, steps=1, descriptions=0, table_only=True, tell=told.append
    )
    assert len(found) == 1 and len(told) == len(arms.TABLE)
    assert found[0].command == "llamo analyze projector --seeds 1 --steps 1 --descriptions 0 --table-only"


def test_no_seed_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="at least 1, got 0"):
        command.run(tmp_path, prepared=tmp_path, seeds=0)
