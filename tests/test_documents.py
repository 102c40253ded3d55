"""README code blocks and examples run as they stand."""

import os
import re
import subprocess
import sys

import pytest
import torch
from transformers import AutoModel, AutoModelForCausalLM, AutoProcessor

from llamo.compact import shipped
from tests.paths import REPOSITORY
from tests.text import byte_tokenizer
from tests.tiny import TEXT_CONFIG, tiny_config


@pytest.fixture(scope="module")
def text_model(tmp_path_factory) -> str:
    """A folder with a tiny causal language model and its tokenizer."""
    folder = tmp_path_factory.mktemp("text-model")
    config = tiny_config(text={**TEXT_CONFIG, "vocab_size": 260}).text_config
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    byte_tokenizer().save_pretrained(folder)
    return str(folder)


def run(*command: str, cwd) -> str:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    result = subprocess.run([sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.skipif(
    not (shipped.FOLDER / "config.json").is_file(), reason="no trained weights here (llamo/compact/weights)"
)
def test_readme_code_runs_and_prints_what_it_says(text_model, tmp_path):
    shipped.export(tmp_path / "llamo")
    blocks = re.findall(r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    code = "\n".join(blocks).replace("path/to/a/causal-lm", text_model)
    assert run("-c", code, cwd=tmp_path).splitlines()[0] == "['1', '2']"


def test_align_and_instruct_train_what_loads_again(text_model, tmp_path):
    (tmp_path / "captions.csv").write_text("smiles,output\nCCO,Ethanol.\nC,Methane.\nC1C,bad\nc1ccccc1,Benzene.\n")
    data = str(REPOSITORY / "examples" / "data" / "tiny.jsonl")
    options = ("--max-steps", "2", "--batch-size", "2", "--warmup-steps", "1")
    align, instruct = (str(REPOSITORY / "examples" / name) for name in ("01_align.py", "02_instruct.py"))
    shown = run(align, text_model, "captions.csv", "--output", "align", *options, cwd=tmp_path)
    assert "4 rows in, 3 out, 1 bad (molecule 1)" in shown
    run(instruct, "align/model", data, "--output", "instruct", *options, cwd=tmp_path)
    adapter, merged = (AutoModel.from_pretrained(tmp_path / "instruct" / name).eval() for name in ("adapter", "model"))
    processor = AutoProcessor.from_pretrained(tmp_path / "instruct" / "adapter")
    inputs = processor("CCO", "Describe this molecule.")
    with torch.no_grad():
        torch.testing.assert_close(adapter(**inputs).logits, merged(**inputs).logits, atol=1e-5, rtol=1e-4)


def test_build_and_ask_answers_each_molecule_and_saves(text_model, tmp_path):
    example = str(REPOSITORY / "examples" / "00_build_and_ask.py")
    output = run(example, text_model, "CCO", "c1ccccc1", "--max-new-tokens", "3", "--save", "new", cwd=tmp_path)
    assert [line.split(" -> ")[0] for line in output.splitlines() if " -> " in line] == ["CCO", "c1ccccc1"]
    assert (tmp_path / "new" / "model.safetensors").is_file()
    assert (tmp_path / "new" / "processor_config.json").is_file()


@pytest.mark.skipif(
    not (shipped.FOLDER / "config.json").is_file(), reason="no trained weights here (llamo/compact/weights)"
)
def test_explain_writes_pages_and_pictures(tmp_path):
    example = str(REPOSITORY / "examples" / "07_explain.py")
    output = run(example, "CC(=O)OC", "--output", "pages", "--pictures", "pictures", cwd=tmp_path)
    assert "without COC(C)=O" in output and output.splitlines()[-1] == "vectors (2, 384)"
    assert (tmp_path / "pages" / "ester" / "explanation.html").is_file()
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {"attention.svg", "groups.svg"}


def test_the_code_about_graphs_runs(text_model, tmp_path):
    text = (REPOSITORY / "docs" / "graphs.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    shown = run("-c", code.replace("path/to/a/causal-lm", text_model), cwd=tmp_path)
    assert "'graph_node_features': (4, 2)" in shown and "'graph_motif_features': (1, 6)" in shown
