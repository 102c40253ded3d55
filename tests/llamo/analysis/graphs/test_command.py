"""The command, from nothing to a report."""

import pytest
from typer.testing import CliRunner

from llamo.analysis.graphs.command import Request, draw, run
from llamo.analysis.publishing import read
from llamo.cli.entry import app

QUICK = {"seeds": 1, "steps": 1, "graphs": 4, "asked": 20}


def test_a_quick_run_finds_what_a_long_one_finds(tmp_path):
    said = []
    found = run(Request(tmp_path, **QUICK), report=said.append)
    assert [one.name for one in found] == ["graphs", "graphs-real", "graphs-communities"]
    assert found[0].command == "llamo analyze graphs --seeds 1 --steps 1 --graphs 4 --asked 20"
    assert len(said) == 4 and said[0].startswith("seed 0, text: right")
    assert len(list((tmp_path / "runs").glob("*.json"))) == 4


def test_no_graph_is_both_learned_and_asked(monkeypatch):
    monkeypatch.setattr("llamo.analysis.graphs.samples.LARGEST", 5)  # few graphs are so small
    learned, asked = draw(Request(graphs=100, asked=20))
    keys = {one.key() for group in asked.values() for one in group}
    assert 0 < len(learned) < 100 and not keys & {one.key() for one in learned}


@pytest.mark.parametrize(
    ("options", "reason"),
    [({"seeds": 0}, "seeds must be at least 1, got 0"), ({"asked": 19}, "asked must be at least 20, got 19")],
)
def test_numbers_that_make_no_run_are_refused(options, reason):
    with pytest.raises(ValueError, match=reason):
        Request(**options)


def test_the_command_line_writes_the_report(tmp_path, monkeypatch):
    import llamo.cli  # noqa: F401  # registers the commands
    from llamo.analysis.finding import Finding

    found = [Finding("graphs", "title", "claim", "undecided", "text", "command")]
    monkeypatch.setattr("llamo.analysis.graphs.command.run", lambda request, **options: found)
    result = CliRunner().invoke(app, ["analyze", "graphs", "-o", str(tmp_path), "--seeds", "1"])
    assert result.exit_code == 0 and "Does not decide it" in result.stdout
    assert read(tmp_path) == found
