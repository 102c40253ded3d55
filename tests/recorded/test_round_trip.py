"""From the released layout to ours and back: the same names, shapes, dtypes and bits."""

import pytest
import torch
from safetensors.torch import load_file

from llamo.convert.released import convert
from llamo.convert.reverse import convert_back
from tests.paths import GOLDEN


def assert_same(found: dict, expected: dict):
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        assert found[name].dtype == tensor.dtype, name
        assert torch.equal(found[name], tensor), name


@pytest.mark.parametrize("shards", ["5GB", "1MB"])
def test_the_way_back_is_exact(recording, official, tmp_path, shards):
    convert(official, tmp_path / "ours", text_model=str(GOLDEN / "llm"), max_shard_size=shards)
    assert len(list((tmp_path / "ours").glob("model*.safetensors"))) > (1 if shards == "1MB" else 0)
    convert_back(tmp_path / "ours", tmp_path / "back.ckpt")
    found = torch.load(tmp_path / "back.ckpt", weights_only=True)["state_dict"]
    assert_same(found, recording.official_state_dict())


def test_the_way_back_with_lora_is_exact(recording, official_lora, tmp_path):
    convert(official_lora, tmp_path / "ours", text_model=str(GOLDEN / "llm"), lora="keep")
    convert_back(tmp_path / "ours", tmp_path / "back.pt", lora="keep")
    assert_same(torch.load(tmp_path / "back.pt", weights_only=True), recording.official_state_dict(lora=True))


def test_safetensors_without_aliases_convert_to_the_same(recording, official, tmp_path, converted):
    convert_back(converted, tmp_path / "back.safetensors")
    assert not any(".cross_attention.1." in name for name in load_file(tmp_path / "back.safetensors"))
    convert(tmp_path / "back.safetensors", tmp_path / "again", text_model=str(GOLDEN / "llm"))
    assert_same(load_file(tmp_path / "again" / "model.safetensors"), load_file(converted / "model.safetensors"))
