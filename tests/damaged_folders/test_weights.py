"""Weights that are missing, left over or changed: no class fills up what is not there."""

import random

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoModelForCausalLM

from modeling_llamo import LlamoForConditionalGeneration, LlamoGraphEncoder, LlamoModel
from modeling_llamo.text import load_text_model
from tests.damaged_folders.damages import DAMAGE, WEIGHTS, without


@pytest.mark.parametrize("load", [AutoModel, LlamoForConditionalGeneration, LlamoModel])
@pytest.mark.parametrize("name", ["weights: no projector", "weights: no encoder", "weights: no head"])
def test_no_class_fills_up_what_is_missing(load, name, folder):
    DAMAGE[name][0](folder)
    if load is LlamoModel and name == "weights: no head":
        load.from_pretrained(folder)
        return
    with pytest.raises(ValueError, match=DAMAGE[name][1]):
        load.from_pretrained(folder)


def test_who_asks_for_the_account_of_what_is_missing_gets_it(folder):
    DAMAGE["weights: no projector"][0](folder)
    _, account = LlamoForConditionalGeneration.from_pretrained(folder, output_loading_info=True)
    assert account["missing_keys"] and all("projector" in name for name in account["missing_keys"])


def test_no_encoder_is_half_loaded(folder):
    without("graph_encoder.layers.1")(folder)
    with pytest.raises(ValueError, match=r"lacks layers\.1"):
        LlamoGraphEncoder.from_pretrained(folder)


def test_no_language_model_is_half_loaded(folder, tmp_path):
    config = AutoModel.from_pretrained(folder).config.text_config
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path / "text")
    assert load_text_model(tmp_path / "text") is not None
    without("layers.1")(tmp_path / "text")
    with pytest.raises(ValueError, match=r"text: the language model saved there lacks .*layers\.1.* and \d+ more"):
        load_text_model(tmp_path / "text")
    with pytest.raises(ValueError, match="the language model saved there lacks"):
        LlamoForConditionalGeneration.from_components(str(tmp_path / "text"))


def test_a_part_is_taken_where_it_is_handed_over_by_name(folder):
    model = AutoModel.from_pretrained(folder)
    part = {name: tensor for name, tensor in model.state_dict().items() if "projector" not in name}
    fresh = LlamoForConditionalGeneration.from_pretrained(None, config=model.config, state_dict=part)
    assert torch.equal(fresh.lm_head.weight, model.lm_head.weight)


def test_other_shapes_are_taken_where_they_are_asked_for(folder):
    DAMAGE["weights: another shape"][0](folder)
    assert AutoModel.from_pretrained(folder, ignore_mismatched_sizes=True).lm_head.weight.shape == (261, 32)


def test_tied_weights_are_saved_once_and_not_missing(tmp_path, folder):
    model = AutoModel.from_pretrained(folder)
    model.config.text_config.tie_word_embeddings = model.config.tie_word_embeddings = True
    model.tie_weights()
    model.save_pretrained(tmp_path / "tied")
    assert "lm_head.weight" not in load_file(tmp_path / "tied" / WEIGHTS)
    assert AutoModel.from_pretrained(tmp_path / "tied").config.tie_word_embeddings


def test_any_bit_that_flips_in_the_header_is_an_error(folder):
    whole, chance = (folder / WEIGHTS).read_bytes(), random.Random(0)
    length = 8 + int.from_bytes(whole[:8], "little")
    for _ in range(40):
        data = bytearray(whole)
        data[chance.randrange(length)] ^= 1 << chance.randrange(8)
        (folder / WEIGHTS).write_bytes(data)
        with pytest.raises((ValueError, OSError), match=str(folder)):
            LlamoForConditionalGeneration.from_pretrained(folder)


def test_a_bit_that_flips_among_the_numbers_is_seen_only_where_they_are_no_longer_finite(folder):
    """The law of safetensors: no checksum. What is loaded is then another model, which no line here hides."""
    size = (folder / WEIGHTS).stat().st_size
    start = 8 + int.from_bytes((folder / WEIGHTS).read_bytes()[:8], "little")
    whole, chance = (folder / WEIGHTS).read_bytes(), random.Random(0)
    seen = 0
    for _ in range(20):
        data = bytearray(whole)
        data[chance.randrange(start, size)] ^= 1 << chance.randrange(8)
        (folder / WEIGHTS).write_bytes(data)
        try:
            LlamoForConditionalGeneration.from_pretrained(folder)
        except ValueError as error:
            assert "not finite" in str(error)
            seen += 1
    assert seen < 20
