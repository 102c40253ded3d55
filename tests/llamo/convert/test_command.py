"""`llamo convert`: table for people, JSON for programs, one line for mistakes."""

import json

import pytest
import torch
from typer.testing import CliRunner

from llamo import cli
from tests.llamo.convert.released import released_state_dict, text_folder, with_lora


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    text, weights = text_folder(folder / "text")
    torch.save({"state_dict": released_state_dict(weights)}, folder / "plain.ckpt")
    torch.save({"state_dict": with_lora(released_state_dict(weights))}, folder / "lora.ckpt")
    return folder, str(text)


def run(*arguments) -> str:
    result = CliRunner().invoke(cli.app, ["convert", *map(str, arguments)])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_the_table_says_what_was_mapped_ignored_and_added(files, tmp_path):
    folder, text = files
    shown = run(folder / "plain.ckpt", tmp_path / "out", "--text-model", text)
    for word in ("graph encoder", "projector", "language model", "ignored", "ln_graph_model", "added", "peak memory"):
        assert word in shown


def test_json_is_for_programs(files, tmp_path):
    folder, text = files
    shown = run(folder / "lora.ckpt", tmp_path / "out", "--text-model", text, "--keep-lora", "--json")
    report = json.loads(shown)
    assert {line["action"] for line in report["lines"]} >= {"mapped", "ignored", "added"}
    assert (tmp_path / "out" / "lora" / "adapter_model.safetensors").is_file()
    assert report["memory"]["resident"] > 0


def test_reverse_writes_the_released_layout(files, tmp_path):
    folder, text = files
    run(folder / "plain.ckpt", tmp_path / "out", "--text-model", text)
    run("--reverse", tmp_path / "out", tmp_path / "back.ckpt")
    found = torch.load(tmp_path / "back.ckpt", weights_only=True)["state_dict"]
    assert found.keys() == torch.load(folder / "plain.ckpt", weights_only=True)["state_dict"].keys()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "--text-model is missing"),
        (["--text-model", "TEXT", "--keep-lora", "--merge-lora"], "exclude each other"),
        (["--text-model", "TEXT", "--dtype", "int4"], "dtype must be auto"),
        (["--text-model", "TEXT", "--merge-lora"], "has no LoRA weights"),
    ],
)
def test_mistakes_are_named(files, tmp_path, options, message):
    folder, text = files
    options = [text if option == "TEXT" else option for option in options]
    with pytest.raises(ValueError, match=message):
        run(folder / "plain.ckpt", tmp_path / "out", *options)
