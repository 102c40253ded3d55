"""The shipped model: exported as an ordinary folder, asked from the command line, and missed with a clear error."""

import json
import os
import subprocess
import sys

import pytest
from transformers import AutoModel, AutoProcessor
from typer.testing import CliRunner

from llamo.cli import app
from llamo.compact import shipped
from llamo.compact.model import Size, build
from processors import LlamoProcessor
from processors.retrieval import FILE, CaptionIndex
from tests.text import byte_tokenizer

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
LARGEST_FILE, LARGEST_FOLDER = 16_000_000, 32 * 2**20
needs_weights = pytest.mark.skipif(
    not (shipped.FOLDER / "config.json").is_file(),
    reason="this checkout has no trained weights (llamo/compact/weights)",
)


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A model with random weights in place of the shipped one."""
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer())
    size = Size(width=16, layers=1, heads=2, inner=16, graph_width=8, mlp_depth=1)
    model = build(processor, size, seed=0)
    folder = tmp_path / "weights"
    model.save_pretrained(folder)
    processor.captions = CaptionIndex(["CCO"], ["ethanol"])
    processor.save_pretrained(folder)
    monkeypatch.setattr(shipped, "FOLDER", folder)
    return folder


def run(*arguments: str, text: str | None = None):
    result = CliRunner().invoke(app, arguments, input=text)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_export_makes_a_folder_that_the_auto_classes_load(weights, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("export", "llamo")
    model, processor = AutoModel.from_pretrained("llamo"), AutoProcessor.from_pretrained("llamo")
    assert model.config.model_type == "llamo" and isinstance(processor, LlamoProcessor)
    assert len(processor.captions) == 1
    assert sorted(path.name for path in (tmp_path / "llamo").iterdir()) == sorted(
        path.name for path in weights.iterdir()
    )


def test_export_replaces_a_model_only_if_asked(weights, tmp_path):
    shipped.export(tmp_path / "llamo")
    (tmp_path / "llamo" / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match="choose another folder, or pass --overwrite"):
        shipped.export(tmp_path / "llamo")
    assert (tmp_path / "llamo" / "mine.txt").read_text() == "mine"
    shipped.export(tmp_path / "llamo", overwrite=True)
    assert (tmp_path / "llamo" / "config.json").is_file() and not (tmp_path / "llamo" / "mine.txt").exists()


def test_export_never_replaces_a_folder_of_code(weights, tmp_path):
    (tmp_path / "llamo").mkdir()
    (tmp_path / "llamo" / "__init__.py").write_text("mine")
    with pytest.raises(ValueError, match="something else than a LLaMo; choose another folder"):
        shipped.export(tmp_path / "llamo", overwrite=True)
    assert (tmp_path / "llamo" / "__init__.py").read_text() == "mine"


def test_an_installation_without_weights_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "FOLDER", tmp_path / "none")
    for attempt in (lambda: shipped.export(tmp_path / "llamo"), lambda: run("describe", ASPIRIN)):
        with pytest.raises(ValueError, match=r"no trained weights .* examples/03_train_compact.py"):
            attempt()


def test_describe_answers_each_molecule(weights):
    lines = run("describe", ASPIRIN, "CCO", "--max-new-tokens", "3", "--json").splitlines()
    replies = [json.loads(line) for line in lines]
    assert [reply["smiles"] for reply in replies] == [ASPIRIN, "CCO"]
    assert all(0 < reply["confidence"] <= 1 and reply["question"] == "Describe this molecule." for reply in replies)
    assert run("describe", "-", "--max-new-tokens", "3", "--json", text=f"{ASPIRIN}\nCCO\n").splitlines() == lines


def test_describe_refuses_what_it_cannot_read(weights):
    with pytest.raises(ValueError, match=r"row 1.*C1CC"):
        run("describe", "CCO", "C1CC")
    with pytest.raises(ValueError, match="no molecule"):
        run("describe")


def test_an_index_of_ones_own_is_used(weights, tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("smiles,note\nCCCO,propanol\nc1ccccc1,benzene\n")
    with pytest.raises(ValueError, match="is there already; pass --overwrite"):
        run("index", str(table), str(weights), "--caption-column", "note")
    assert run("index", str(table), str(weights), "--caption-column", "note", "--overwrite").startswith("2 molecules")
    assert [one.caption for one in CaptionIndex.from_pretrained(weights).nearest("CCO", 2)] == ["propanol", "benzene"]
    assert run("describe", "CCO", "--retrieve", "2", "--max-new-tokens", "2")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("smiles,caption\nCCO,\n", "row 1: caption is empty"),
        ("smiles,caption\nCCO,ethanol\nC1CC,ring\n", "row 2.*C1CC"),
        ("smiles,text\nCCO,ethanol\n", "no column 'caption'; there are smiles, text"),
    ],
)
def test_a_bad_row_of_an_index_is_named(weights, tmp_path, content, message):
    table = tmp_path / "mine.csv"
    table.write_text(content)
    (weights / FILE).unlink()
    with pytest.raises(ValueError, match=message):
        run("index", str(table), str(weights))
    assert not (weights / FILE).exists()


def test_json_lines_are_indexed_too(weights, tmp_path):
    table = tmp_path / "mine.jsonl"
    table.write_text('{"smiles": "CCO", "caption": "ethanol"}\n')
    assert run("index", str(table), str(weights), "--overwrite").startswith("1 molecules")


@needs_weights
def test_the_shipped_files_are_small():
    sizes = [path.stat().st_size for path in shipped.FOLDER.iterdir()]
    assert max(sizes) < LARGEST_FILE and sum(sizes) <= LARGEST_FOLDER


@needs_weights
def test_the_shipped_model_knows_aspirin():
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-m", "llamo.cli", "describe", ASPIRIN, "--json"]
    questions = {"What is its molecular formula?": "C9H8O4", "How many rings does it have?": "1"}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert json.loads(said)["text"].startswith("The molecule is")
    for question, truth in questions.items():
        said = subprocess.run([*command, "-q", question], env=environment, capture_output=True, text=True, check=True)
        assert json.loads(said.stdout)["text"] == truth
