"""`llamo analyze tuning` from conversations to findings."""

from dataclasses import replace
from pathlib import Path

import pytest

from llamo.analysis.tuning import command, experiment, training
from llamo.analysis.tuning.experiment import IN_CONTEXT
from tests.llamo.analysis.laboratory.small import SIZE
from tests.llamo.analysis.tuning.talks import conversations_file


@pytest.fixture
def quick(monkeypatch):
    """Smaller models, and the compact model is not asked."""
    monkeypatch.setattr(training, "SIZE", replace(SIZE, mlp_depth=2))
    numbers = {f"{what}, {way}": 0.9 for way in IN_CONTEXT for what in ("right", "questions")}
    monkeypatch.setattr(experiment, "compact_numbers", lambda *_, **__: numbers)


def test_findings_come_from_conversations_and_are_kept(tmp_path: Path, quick):
    path, lines = conversations_file(tmp_path / "talk.jsonl"), []
    options = {"seeds": 1, "steps": (2, 1), "learned": 4, "kept": 8, "compact": 1}
    first = command.run(path, tmp_path / "out", tell=lines.append, **options)
    again = command.run(path, tmp_path / "out", tell=lines.append, **options)
    assert [one.name for one in first] == ["tuning", "tuning-in-context"]
    assert again == first
    assert len(lines) == 4  # no model was trained twice


def test_numbers_that_are_too_small_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="kept must be at least 2, got 1"):
        command.run(tmp_path / "talk.jsonl", tmp_path, kept=1)
