"""Pickles that run code when they are read, offered wherever a file of weights is read: none runs."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from transformers import AutoModel
from typer.testing import CliRunner

from llamo import cli
from modeling_llamo import LlamoForConditionalGeneration, LlamoGraphEncoder
from modeling_llamo.foreign_weights import read_state_dict
from tests.llamo.asking.models import save_model


class Hostile:
    """Runs a command when it is unpickled: it makes the file `ran`."""

    def __init__(self, ran: Path):
        self.ran = ran

    def __reduce__(self):
        return os.system, (f"touch {self.ran}",)


@pytest.fixture
def ran(tmp_path) -> Path:
    return tmp_path / "ran"


@pytest.fixture
def pickled(tmp_path, ran) -> Path:
    path = tmp_path / "weights.pt"
    torch.save({"state_dict": {"weight": torch.ones(1), "other": Hostile(ran)}}, path)
    return path


@pytest.fixture
def folder(tmp_path, pickled) -> Path:
    """A model whose weights are the pickle."""
    folder = save_model(tmp_path / "model")
    (folder / "model.safetensors").unlink()
    shutil.copy(pickled, folder / "pytorch_model.bin")
    return folder


def test_the_pickle_is_hostile_indeed(pickled, ran):
    torch.load(pickled, weights_only=False)
    assert ran.exists()


@pytest.mark.parametrize("load", [AutoModel, LlamoForConditionalGeneration, LlamoGraphEncoder])
@pytest.mark.parametrize("use_safetensors", [None, True, False])
def test_no_model_is_loaded_from_it(load, use_safetensors, folder, ran):
    options: dict[str, Any] = {} if use_safetensors is None else {"use_safetensors": use_safetensors}
    with pytest.raises(Exception, match=r"safetensors|[Ww]eights.only"):
        load.from_pretrained(folder, **options)
    assert not ran.exists()


def test_pickled_weights_are_no_weights_unless_they_are_asked_for(tmp_path):
    folder = save_model(tmp_path / "model")
    model = AutoModel.from_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(OSError, match="safetensors"):
        AutoModel.from_pretrained(folder)


@pytest.mark.parametrize("load", [LlamoGraphEncoder.from_moleculestm, LlamoGraphEncoder.from_graphcl])
def test_no_foreign_encoder_is_loaded_from_it(load, pickled, ran):
    with pytest.raises(Exception, match="more than tensors"):
        load(pickled)
    assert not ran.exists()


def test_no_released_checkpoint_is_read_from_it(pickled, ran):
    with pytest.raises(ValueError, match="holds more than tensors"):
        read_state_dict(pickled)
    assert not ran.exists()


def test_no_adapter_is_loaded_from_it(tmp_path, pickled, ran):
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text('{"peft_type": "LORA", "target_modules": ["q_proj"]}')
    shutil.copy(pickled, adapter / "adapter_model.bin")
    model = AutoModel.from_pretrained(save_model(tmp_path / "base"))
    with pytest.raises(Exception, match=r"[Ww]eights.only"):
        PeftModel.from_pretrained(model, str(adapter))
    assert not ran.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["describe", "CCO", "--model", "FOLDER"],
        ["embed", "CCO", "--model", "FOLDER", "--json"],
        ["explain", "CCO", "--model", "FOLDER"],
        ["chat", "CCO", "--model", "FOLDER"],
        ["serve", "FOLDER"],
        ["convert", "PICKLE", "OUT", "--text-model", "FOLDER"],
        ["convert", "FOLDER", "OUT.pt", "--reverse"],
        ["describe", "--input", "PICKLE", "--output", "OUT.csv"],
        ["evaluate", "--task", "esol", "--predictions", "PICKLE"],
    ],
    ids=" ".join,
)
def test_no_command_runs_it(arguments, folder, pickled, tmp_path, ran):
    places = {"FOLDER": folder, "PICKLE": pickled, "OUT": tmp_path / "out", "OUT.csv": "out.csv", "OUT.pt": "out.pt"}
    told = CliRunner().invoke(cli.app, [str(places.get(one, one)) for one in arguments])
    assert told.exit_code != 0 and not ran.exists()
