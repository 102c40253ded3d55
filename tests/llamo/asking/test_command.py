"""Whole runs: aligned with their input, the same after a kill, the same from two processes."""

import json
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from llamo.asking import command
from llamo.asking.command import answer
from llamo.asking.request import Request
from llamo.molecule_runs import run
from tests.llamo.asking.models import ENVIRONMENT, LLAMO, save_model

MOLECULES = ["CCO", "C1CC", "c1ccccc1O", "caffeine", "", "CCN"]


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return str(save_model(tmp_path_factory.mktemp("model")))


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "in.csv"
    pd.DataFrame({"id": range(100, 106), "SMILES": MOLECULES}).to_csv(path, index=False)
    return path


def many(path, rows: int):
    path.write_text("".join(f"{'C' * (1 + number % 7)}O\n" if number % 10 else "C1CC\n" for number in range(rows)))
    return path


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_each_row_of_the_input_is_a_row_of_the_output(model, table, tmp_path, ending):
    output = tmp_path / f"out.{ending}"
    answer(Request(input=table, output=output, model=model, max_new_tokens=3, batch_size=2))
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "jsonl": lambda path: pd.read_json(path, lines=True)}
    rows = read[ending](output).astype(object).fillna("")
    assert list(rows["row"]) == list(range(6)) and list(map(int, rows["id"])) == list(range(100, 106))
    assert [bool(error) for error in rows["error"]] == [False, True, False, False, True, False]
    assert list(rows["smiles"])[3] == "Cn1c(=O)c2c(ncn2C)n(C)c1=O" and list(rows["confidence"])[1] == ""
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_nothing_is_overwritten_unasked(model, table, tmp_path):
    output = tmp_path / "out.csv"
    output.write_text("mine")
    with pytest.raises(ValueError, match="is there already; choose another file, or pass --overwrite"):
        answer(Request(input=table, output=output, model=model))
    answer(Request(input=table, output=output, model=model, overwrite=True, max_new_tokens=2))
    assert len(pd.read_csv(output)) == 6


def test_a_run_that_could_not_begin_leaves_nothing(model, table, tmp_path):
    with pytest.raises(ValueError, match="unknown task"):
        answer(Request(input=table, output=tmp_path / "out.csv", model=model, task="nonsense"))
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_killed_run_goes_on_and_ends_as_if_it_had_not_been_killed(model, tmp_path):
    molecules = many(tmp_path / "in.smi", 60)
    options = ["--input", str(molecules), "--model", model, "--max-new-tokens", "8", "--batch-size", "1"]
    killed = subprocess.Popen([*LLAMO, "describe", *options, "--output", "killed.csv"], cwd=tmp_path, env=ENVIRONMENT)
    partial = tmp_path / "killed.csv.partial.jsonl"
    while not (partial.exists() and partial.read_bytes().count(b"\n") > 8):
        assert killed.poll() is None
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert not (tmp_path / "killed.csv").exists() and partial.read_bytes().count(b"\n") < 61
    plain = {"input": molecules, "model": model, "max_new_tokens": 8, "batch_size": 1}
    answer(Request(**plain, output=tmp_path / "whole.csv"))
    answer(Request(**plain, output=tmp_path / "killed.csv"))
    assert (tmp_path / "killed.csv").read_text() == (tmp_path / "whole.csv").read_text()


def test_a_finished_part_is_not_asked_again(model, table, tmp_path, monkeypatch):
    request = Request(input=table, output=tmp_path / "out.csv", model=model, max_new_tokens=2)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(run, "merge", _interrupt)
        answer(request)
    monkeypatch.setattr(command, "ask_rows", None)
    answer(request)
    assert len(pd.read_csv(tmp_path / "out.csv")) == 6


def _interrupt(*_):
    raise KeyboardInterrupt


def test_two_processes_write_what_one_writes(model, tmp_path):
    molecules = many(tmp_path / "in.smi", 31)
    options = ["--input", str(molecules), "--model", model, "--max-new-tokens", "4", "--batch-size", "1"]
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "llamo.cli"]
    run = [*launch, "describe", *options, "--output", "two.jsonl"]
    subprocess.run(run, cwd=tmp_path, env=ENVIRONMENT, check=True, timeout=300)
    answer(
        Request(input=molecules, model=model, max_new_tokens=4, batch_size=1, output=tmp_path / "one.jsonl"),
    )
    one, two = (
        [json.loads(line) for line in (tmp_path / name).read_text().splitlines()] for name in ("one.jsonl", "two.jsonl")
    )
    assert [row["row"] for row in two] == list(range(31))
    assert two == one
    assert not list(tmp_path.glob("*part*"))


def test_several_processes_need_a_file_to_write(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ValueError, match="2 processes need a file that each can read, and --output"):
        answer(Request(("CCO",)))


def test_what_is_printed_is_whole_before_an_error_ends_it(model, capsys):
    with pytest.raises(ValueError, match="row 1: cannot read molecule 'C1CC'"):
        answer(Request(("CCO", "C1CC", "CCN"), model=model, max_new_tokens=2, as_json=True))
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["smiles"] for row in rows] == ["CCO", "", "CCN"] and rows[1]["error"] and not rows[2]["error"]


def test_a_table_is_printed_for_people(model, capsys):
    answer(Request(("-",), model=model, max_new_tokens=2), lines=["CCO\n", "caffeine\n"])
    shown = capsys.readouterr()
    assert "CCO" in shown.out and "confidence" in shown.out and "2 molecules in" in shown.err


def test_a_molecule_too_long_for_the_model_has_an_error(model, capsys):
    with pytest.raises(ValueError, match=r"row 0: the question takes \d+ tokens .* lower max_new_tokens"):
        answer(Request(("C" * 3000, "CCO"), model=model, max_new_tokens=2, as_json=True))
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["error"] and not second["error"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "no molecule: give either SMILES or names"),
        ({"molecules": ("CCO",), "input": "in.csv"}, "both: give either"),
        ({"molecules": ("-", "CCO")}, "stands alone"),
        ({"molecules": ("CCO",), "column": "x"}, "--column x is of a table"),
        ({"molecules": ("CCO",), "question": " "}, "the question is empty"),
    ],
)
def test_requests_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Request(**options)
