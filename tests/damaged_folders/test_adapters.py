"""Adapters that are damaged, or whose base is damaged, gone or another."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoProcessor

from llamo.assistant import Assistant
from modeling_llamo import LlamoForConditionalGeneration
from tests.damaged_folders.damages import DAMAGE


@pytest.fixture
def adapter(folder, tmp_path) -> Path:
    """LoRA matrices and a projector of their own on the model in `folder`."""
    place = tmp_path / "adapter"
    settings = LoraConfig(r=2, target_modules=r".*q_proj", modules_to_save=["model.projector"], task_type="CAUSAL_LM")
    model = get_peft_model(AutoModel.from_pretrained(folder), settings)
    model.peft_config["default"].base_model_name_or_path = str(folder)
    model.save_pretrained(place)
    AutoProcessor.from_pretrained(folder).save_pretrained(place)
    assert Assistant.load(place, device="cpu")
    return place


def change_adapter(adapter: Path, change: Callable[[dict[str, torch.Tensor]], object]):
    tensors = load_file(adapter / "adapter_model.safetensors")
    change(tensors)
    save_file(tensors, adapter / "adapter_model.safetensors", metadata={"format": "pt"})


def test_an_adapter_whose_base_is_gone_says_where_it_was(adapter, folder):
    folder.rename(folder.with_name("moved"))
    with pytest.raises(ValueError, match=rf"is an adapter of {folder}, which is not there; put the model back"):
        Assistant.load(adapter, device="cpu")


def test_an_adapter_that_is_cut_is_named(adapter):
    path = adapter / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises((ValueError, OSError), match=r"adapter_model.safetensors is damaged"):
        Assistant.load(adapter, device="cpu")


def test_an_adapter_that_lacks_a_matrix_is_refused(adapter):
    change_adapter(adapter, lambda tensors: tensors.pop(next(name for name in tensors if "lora_A" in name)))
    with pytest.raises(ValueError, match=r"adapter.*lacks .*lora_A"):
        Assistant.load(adapter, device="cpu")


@pytest.mark.parametrize("change", [{"num_hidden_layers": 1}, {"hidden_size": 16, "head_dim": 4}], ids=str)
def test_an_adapter_on_another_base_is_refused(change, adapter, folder):
    config = AutoModel.from_pretrained(folder).config
    for name, value in change.items():
        setattr(config.text_config, name, value)
    LlamoForConditionalGeneration(config).save_pretrained(folder)
    with pytest.raises(ValueError, match=r"adapter.*(without a place|another shape)"):
        Assistant.load(adapter, device="cpu")


def test_a_base_of_an_adapter_that_is_damaged_is_named(adapter, folder):
    DAMAGE["weights: half"][0](folder)
    with pytest.raises((ValueError, OSError), match=r"model/model.safetensors is damaged"):
        Assistant.load(adapter, device="cpu")
