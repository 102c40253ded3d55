"""`llamo evaluate` as it is called: systems side by side, killed and resumed, files of answers, mistakes."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner, Result

from llamo import cli
from tests.text import model_and_processor

MOLECULES = ["CCO", "CCCO", "CCCCO", "c1ccccc1", "Cc1ccccc1", "CCN", "CCCN", "CC(=O)O", "CCOC(C)=O", "C1CCCCC1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A random model, questions about solubility, and answers of another system."""
    folder = tmp_path_factory.mktemp("evaluate")
    model, processor = model_and_processor()
    model.save_pretrained(folder / "mine")
    processor.save_pretrained(folder / "mine")
    rows = [f"{smiles},{-0.5 * place}" for place, smiles in enumerate(MOLECULES)]
    (folder / "questions.csv").write_text("\n".join(["smiles,target", *rows]) + "\n")
    answers = [
        {"smiles": smiles, "prediction": f"about {-0.5 * place + 0.25}", "target": str(-0.5 * place)}
        for place, smiles in enumerate(MOLECULES)
    ]
    answers[3]["prediction"] = "I cannot say"
    (folder / "theirs.jsonl").write_text("".join(json.dumps(answer) + "\n" for answer in answers))
    return folder


def options(folder: Path, output: Path) -> list[str]:
    data = ["--task", "esol", "--data", str(folder / "questions.csv"), "--device", "cpu", "--resamples", "20"]
    return [*data, "--max-new-tokens", "4", "--batch-size", "2", "--output", str(output)]


def evaluate(*arguments: str) -> Result:
    result = CliRunner().invoke(cli.app, ["evaluate", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_model_answers_and_everything_is_written(folder, tmp_path):
    shown = evaluate(str(folder / "mine"), *options(folder, tmp_path), "--json")
    result = json.loads(shown.stdout)
    assert (result["task"], result["rows"]) == ("esol", len(MOLECULES))
    assert {"mae", "rmse", "r2", "spearman", "unparsable"} <= set(result["scores"])
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {
        "predictions.jsonl",
        "scores.json",
        "examples.csv",
        "report.html",
        "run.json",
    }


def test_several_systems_stand_side_by_side(folder, tmp_path):
    files = ["--predictions", str(folder / "theirs.jsonl")]
    systems = [str(folder / "mine"), f"text:{folder / 'mine'}"]
    shown = evaluate(*systems, *files, *options(folder, tmp_path))
    assert shown.exit_code == 0
    for name in ("theirs", "mine", "no graph"):
        assert name in shown.stdout
    assert "| mine" in (tmp_path / "comparison.md").read_text(encoding="utf-8")
    assert "no graph" in (tmp_path / "mine" / "report.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))["tasks"]


def test_two_systems_of_one_name_are_refused(folder, tmp_path):
    with pytest.raises(ValueError, match="another system is called mine too"):
        evaluate(str(folder / "mine"), str(folder / "mine"), *options(folder, tmp_path))


def test_files_of_one_name_are_told_apart_by_their_folders(folder, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "predictions.jsonl").write_bytes((folder / "theirs.jsonl").read_bytes())
    files = [part for name in ("one", "two") for part in ("--predictions", str(tmp_path / name / "predictions.jsonl"))]
    evaluate("--task", "esol", *files, "--output", str(tmp_path / "out"))
    assert {"one", "two"} <= {path.name for path in (tmp_path / "out").iterdir()}
    (tmp_path / "theirs.jsonl").write_bytes((folder / "theirs.jsonl").read_bytes())
    twice = ["--predictions", str(folder / "theirs.jsonl"), "--predictions", str(tmp_path / "theirs.jsonl")]
    with pytest.raises(ValueError, match="another system is called theirs too"):
        evaluate("--task", "esol", *twice)


def test_answers_of_any_system_are_scored_and_nothing_is_written(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = evaluate("--task", "esol", "--predictions", str(folder / "theirs.jsonl"), "--json")
    scores = json.loads(shown.stdout)["scores"]
    assert scores["unparsable"]["value"] == 1
    assert scores["mae"]["value"] == pytest.approx(0.25)
    assert scores["mae"]["low"] <= 0.25 <= scores["mae"]["high"]
    assert list(tmp_path.iterdir()) == []


def test_what_is_read_out_of_an_answer_is_what_counts(tmp_path):
    rows = [
        {"smiles": "", "prediction": "It is `OCC`.", "target": "CCO"},
        {"smiles": "", "prediction": "C(", "target": "CC"},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    shown = evaluate("--task", "molecule-design", "--predictions", str(tmp_path / "a.jsonl"), "--json")
    scores = {name: score["value"] for name, score in json.loads(shown.stdout)["scores"].items()}
    assert (scores["exact"], scores["exact_of_valid"], scores["validity"]) == (0.5, 1.0, 0.5)


def test_a_killed_run_goes_on_and_ends_like_a_straight_one(folder, tmp_path):
    evaluate(str(folder / "mine"), *options(folder, tmp_path / "straight"))
    command = [sys.executable, "-m", "llamo.cli", "evaluate", str(folder / "mine")]
    killed = tmp_path / "killed"
    partial = killed / "mine" / "predictions.partial.jsonl"
    # A slow tokenizer of stdout would not matter: the run is stopped as soon as its first answers are on disk.
    with subprocess.Popen([*command, *options(folder, killed)], stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 120
        while not (partial.is_file() and partial.stat().st_size) and time.monotonic() < deadline:
            if process.poll() is not None:
                break
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    with partial.open("ab") as file:  # as a kill in the middle of a line leaves it
        file.write(b'{"smiles": "CC')
    before = partial.read_text(encoding="utf-8").splitlines()[:-1]
    assert 0 < len(before) < len(MOLECULES)
    evaluate(str(folder / "mine"), *options(folder, killed))
    for name in ("predictions.jsonl", "scores.json", "examples.csv", "report.html"):
        assert (killed / "mine" / name).read_bytes() == (tmp_path / "straight" / "mine" / name).read_bytes()


@pytest.mark.skipif(torch.cuda.is_available(), reason="the mistake is to ask for a GPU that is not there")
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--task", "esol"], "nothing to evaluate"),
        (["x"], "name a task with --task"),
        (["--task", "esol", "--predictions", "missing.jsonl", "--limit", "3"], "--limit: for questions"),
        (["x", "--task", "esol", "--device", "cuda", "DATA"], "finds no GPU"),
        (["x", "--task", "esoll"], "did you mean esol"),
        (["/nowhere", "--task", "esol", "--limit", "2"], "no data|no model"),
        (["--task", "esol", "--predictions", "missing.jsonl"], "is no file"),
        (["a", "b", "--task", "esol", "--tokenizer", "model"], "exactly one model"),
        (["endpoint:gpt", "--task", "esol", "--endpoint", "colour=red"], "unknown endpoint option colour"),
        (["endpoint:gpt", "--task", "esol", "--endpoint", "base_url=nowhere"], "base_url"),
    ],
)
def test_mistakes_are_one_line(arguments, reason, folder, monkeypatch):
    monkeypatch.delenv("LLAMO_DATA", raising=False)
    with_data = "endpoint:gpt" in arguments or "DATA" in arguments
    data = ["--data", str(folder / "questions.csv")] if with_data else []
    arguments = [argument for argument in arguments if argument != "DATA"]
    with pytest.raises(ValueError, match=reason) as caught:
        evaluate(*arguments, *data)
    assert "\n" not in str(caught.value)


def test_tasks_are_listed_by_name():
    shown = CliRunner().invoke(cli.app, ["tasks"])
    assert "esol " in shown.stdout
    listed = json.loads(CliRunner().invoke(cli.app, ["tasks", "--json"]).stdout)
    assert {"name", "title", "answer", "prompt"} == set(listed[0])
