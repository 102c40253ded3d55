"""What trains is what the recipe says, and is counted."""

import pytest
import torch

from llamo.training.parts import add_lora, count_parts, freeze, parts_table
from llamo.training.recipe import LoraRecipe, TrainsRecipe
from tests.tiny import tiny_batch, tiny_model

NOTHING = {"graph_encoder": "frozen", "projector": "frozen", "language_model": "frozen", "embeddings": "frozen"}


@pytest.mark.parametrize("part", NOTHING)
def test_one_part_trains_and_no_other(part):
    model, trains = tiny_model(), TrainsRecipe(**{**NOTHING, part: "full"})
    freeze(model, trains)
    counted = {one.name: one for one in count_parts(model, trains)}
    assert sum(one.parameters for one in counted.values()) == model.num_parameters()
    for name, one in counted.items():
        assert (one.trainable > 0) == (name == part), name
    if part not in ("language_model", "embeddings"):
        assert counted[part].trainable == counted[part].parameters


def test_a_frozen_encoder_keeps_its_statistics():
    model = tiny_model()
    freeze(model, TrainsRecipe(**{**NOTHING, "projector": "full"}))
    model.train()
    before = model.model.graph_encoder.layers[0].norm.running_mean.clone()
    model(**tiny_batch(model.config))
    assert torch.equal(model.model.graph_encoder.layers[0].norm.running_mean, before)


def test_lora_trains_beside_the_projector_alone():
    model, trains = tiny_model(), TrainsRecipe(**{**NOTHING, "projector": "full", "language_model": "lora"})
    freeze(model, trains)
    adapted = add_lora(model, LoraRecipe(r=2), trains, seed=0)
    trained = {name for name, parameter in adapted.named_parameters() if parameter.requires_grad}
    assert trained
    assert all("lora_" in name or "projector" in name for name in trained)
    assert not any("projector" in name and "lora_" in name for name in trained)


def test_parts_that_peft_copies_are_counted_once():
    model, trains = tiny_model(), TrainsRecipe(**{**NOTHING, "projector": "full", "language_model": "lora"})
    size = sum(parameter.numel() for parameter in model.model.projector.parameters())
    freeze(model, trains)
    counted = {one.name: one for one in count_parts(add_lora(model, LoraRecipe(r=2), trains, seed=0), trains)}
    assert counted["projector"].parameters == counted["projector"].trainable == size


def test_layers_that_are_not_there_are_refused():
    model = tiny_model()
    with pytest.raises(ValueError, match=r"target_modules \['c_attn'\] name no layer of LlamaModel"):
        add_lora(model, LoraRecipe(target_modules=["c_attn"]), TrainsRecipe(**NOTHING), seed=0)


def test_the_table_shows_every_part(capsys):
    from rich.console import Console

    model, trains = tiny_model(), TrainsRecipe(**{**NOTHING, "projector": "full"})
    freeze(model, trains)
    Console().print(parts_table(count_parts(model, trains), "stage x"))
    shown = capsys.readouterr().out
    assert all(name in shown for name in NOTHING)
