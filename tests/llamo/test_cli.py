"""The command line: results on stdout, one-line errors with exit code 2, nothing heavy loaded for help."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import llamo
from llamo import cli
from llamo.cli import environment
from tests.llamo.test_registration import HEAVY
from tests.paths import REPOSITORY


def call_main(monkeypatch, arguments: list[str], error: Exception | None = None) -> int:
    """Exit code of `llamo ARGUMENTS`, whose `env` fails with `error`."""

    def failing_version(package: str) -> str:
        if error is not None:
            raise error
        return "1"

    monkeypatch.setattr(environment, "version", failing_version)
    monkeypatch.setattr(sys, "argv", ["llamo", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return stopped.value.code or 0


def test_version():
    assert CliRunner().invoke(cli.app, ["--version"]).stdout.strip() == llamo.__version__


def test_a_shell_completes_commands_and_options():
    for typed, place, expected in (("llamo emb", "1", "embed"), ("llamo describe --load", "2", "--load-in-4bit")):
        asked = {"_LLAMO_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": place}
        told = CliRunner().invoke(cli.app, [], prog_name="llamo", env=asked)
        assert told.stdout.split() == [expected]


def test_env_is_json_when_asked():
    rows = json.loads(CliRunner().invoke(cli.app, ["env", "--json"]).stdout)
    assert {"python", "torch", "transformers", "rdkit"} <= set(rows)


def test_env_is_one_line_each():
    lines = CliRunner().invoke(cli.app, ["env"]).stdout.splitlines()
    assert any(line.split()[0] == "transformers" for line in lines)


def test_a_mistake_is_one_line_and_exit_code_2(monkeypatch, capsys):
    assert call_main(monkeypatch, ["env"], ValueError("got 3\nmore")) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "llamo: got 3\n"


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes")])
def test_memory_that_runs_out_is_one_line(error, monkeypatch, capsys):
    assert call_main(monkeypatch, ["env"], error) == 2
    told = capsys.readouterr().err
    assert told.startswith("llamo: ") and told.count("\n") == 1 and "smaller batches" in told


def test_debug_shows_the_traceback(monkeypatch):
    monkeypatch.setattr("llamo.cli.entry._state", {"debug": False})
    with pytest.raises(ValueError, match="got 3"):
        call_main(monkeypatch, ["--debug", "env"], ValueError("got 3"))


def test_the_module_runs_as_launchers_run_it():
    command = [sys.executable, "-m", "llamo.cli", "--version"]
    result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert result.stdout.strip() == llamo.__version__


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["env"]])
def test_cheap_commands_load_nothing_heavy(arguments):
    code = f"""
import sys
sys.argv = ["llamo", *{arguments}]
from llamo.cli import main
try:
    main()
except SystemExit as stopped:
    assert not stopped.code, stopped.code
assert not {HEAVY} & set(sys.modules)
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
