"""Writing the released layout from ours."""

import pytest
import torch
from transformers import AutoModel

from llamo.convert.released import convert
from llamo.convert.reverse import convert_back
from modeling_llamo import LlamoForConditionalGeneration
from tests.llamo.convert.released import released_state_dict, text_folder, with_lora
from tests.tiny import tiny_config, tiny_model


@pytest.mark.parametrize("options", [{}, {"tie_word_embeddings": True}], ids=["untied", "tied"])
@pytest.mark.parametrize("lora", [None, "keep"])
def test_there_and_back_is_exact(tmp_path, options, lora):
    folder, weights = text_folder(tmp_path / "text", **options)
    state_dict = released_state_dict(weights)
    state_dict = with_lora(state_dict) if lora else state_dict
    torch.save({"state_dict": state_dict}, tmp_path / "x.ckpt")
    convert(tmp_path / "x.ckpt", tmp_path / "ours", text_model=str(folder), lora=lora)
    convert_back(tmp_path / "ours", tmp_path / "back.ckpt", lora=lora)
    found = torch.load(tmp_path / "back.ckpt", weights_only=True)["state_dict"]
    assert found.keys() == state_dict.keys()
    for name, tensor in state_dict.items():
        assert torch.equal(found[name], tensor), name


def test_a_merged_adapter_is_merged_on_the_way_back_too(tmp_path):
    folder, weights = text_folder(tmp_path / "text")
    torch.save(with_lora(released_state_dict(weights)), tmp_path / "x.pt")
    convert(tmp_path / "x.pt", tmp_path / "kept", text_model=str(folder), lora="keep")
    convert(tmp_path / "x.pt", tmp_path / "merged", text_model=str(folder), lora="merge")
    convert_back(tmp_path / "kept", tmp_path / "one.pt", lora="merge")
    convert_back(tmp_path / "merged", tmp_path / "two.pt")
    one, two = (torch.load(tmp_path / f"{name}.pt", weights_only=True) for name in ("one", "two"))
    assert one.keys() == two.keys()
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_a_model_trained_here_from_scratch_can_go_there(tmp_path):
    config = tiny_config(share_attention=True, motif_position="first")
    tiny_model(config).save_pretrained(tmp_path / "ours")
    convert_back(tmp_path / "ours", tmp_path / "x.ckpt")
    found = torch.load(tmp_path / "x.ckpt", weights_only=True)["state_dict"]
    assert torch.equal(found["mllm.ln_graph_model.weight"], torch.ones(16))
    assert found["mllm.abstractor.cross_attention.2.out_proj.bias"].shape == (16,)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"motif_position": "first"}, "share_attention is False"),
        ({"share_attention": True}, "motif_position is 'last'"),
        ({"projector_type": "mlp"}, "projector_type is 'mlp'"),
    ],
)
def test_what_the_released_code_cannot_hold_is_refused(tmp_path, options, message):
    tiny_model(tiny_config(**options)).save_pretrained(tmp_path / "ours")
    with pytest.raises(ValueError, match=message):
        convert_back(tmp_path / "ours", tmp_path / "x.ckpt")


def test_outputs_are_checked(tmp_path):
    model = tiny_model(tiny_config(share_attention=True, motif_position="first"))
    model.save_pretrained(tmp_path / "ours")
    with pytest.raises(ValueError, match=r"must end in \.ckpt"):
        convert_back(tmp_path / "ours", tmp_path / "x.bin")
    with pytest.raises(ValueError, match="there is no adapter"):
        convert_back(tmp_path / "ours", tmp_path / "x.pt", lora="keep")
    convert_back(tmp_path / "ours", tmp_path / "x.pt")
    with pytest.raises(ValueError, match="is there already"):
        convert_back(tmp_path / "ours", tmp_path / "x.pt")
    assert isinstance(AutoModel.from_pretrained(tmp_path / "ours"), LlamoForConditionalGeneration)
