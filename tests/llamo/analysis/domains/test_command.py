"""`llamo analyze domains` from prepared data to findings."""

from pathlib import Path

import pytest

from llamo.analysis.domains import command, experiment, retrieval
from llamo.analysis.domains.kinds import RULES
from llamo.analysis.domains.scaffolds import HALVES
from llamo.analysis.publishing import read, write
from tests.llamo.analysis.domains import test_report
from tests.llamo.analysis.domains.molecules import prepared_folder


@pytest.fixture
def quick(monkeypatch):
    """No model is trained or reads captions."""
    monkeypatch.setattr(test_report, "ASKED", (*RULES, *HALVES))
    results = test_report.results(own=0.9, others=0.6, less=0.1, seeds=1)
    monkeypatch.setattr(experiment, "run", lambda *_, **__: results)
    losses = {name: {kind: [1.0] for kind in retrieval.SOURCES} for name in (retrieval.NOTHING, *retrieval.SOURCES)}
    monkeypatch.setattr(retrieval, "read", lambda *_, **__: losses)


def test_findings_come_from_prepared_data(tmp_path: Path, quick):
    prepared = prepared_folder(tmp_path / "data")
    found = command.run(prepared, tmp_path / "out", seeds=1, steps=1, molecules=20, asked=3, read=1)
    assert [one.name for one in found] == ["domains", "domains-retrieval"]
    write(found, tmp_path / "out")
    assert [one.text for one in read(tmp_path / "out")] == [one.text for one in found]


def test_captions_are_measured_once(tmp_path: Path, quick, monkeypatch):
    prepared = prepared_folder(tmp_path / "data")
    first = command.run(prepared, tmp_path / "out", seeds=1, steps=1, molecules=20, asked=3, read=1)
    monkeypatch.setattr(retrieval, "captions", None)
    assert command.run(prepared, tmp_path / "out", seeds=1, steps=1, molecules=20, asked=3, read=1) == first


def test_numbers_below_one_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="steps must be at least 1, got 0"):
        command.run(tmp_path, tmp_path, steps=0)
