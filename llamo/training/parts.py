"""What trains: parts of a model are frozen or not, by name, and counted."""

import re
from dataclasses import dataclass
from typing import cast

import torch
from rich.table import Table
from torch import nn
from transformers import PreTrainedModel

from llamo.training.recipe import LoraRecipe, TrainsRecipe
from modeling_llamo import LlamoForConditionalGeneration
from modeling_llamo.text import embedding_name

PARTS = ("graph_encoder", "projector", "language_model", "embeddings")


@dataclass
class Part:
    """One part of a model.

    Attributes:
        name: one of `PARTS`.
        training: frozen, lora or full.
        parameters: numbers in it, adapters included.
        trainable: those that train.
    """

    name: str
    training: str
    parameters: int
    trainable: int


def freeze(model: LlamoForConditionalGeneration, trains: TrainsRecipe):
    """Sets what trains; of a language model that trains by LoRA, nothing does before `add_lora`."""
    embeddings = _embeddings(model, with_head=trains.language_model == "full")
    model.requires_grad_(False)
    model.model.graph_encoder.requires_grad_(trains.graph_encoder == "full")
    model.model.projector.requires_grad_(trains.projector == "full")
    if trains.language_model == "full":
        model.model.language_model.requires_grad_(True)
        model.lm_head.requires_grad_(True)
    for parameter in embeddings:
        parameter.requires_grad_(trains.embeddings == "full")


def add_lora(model: LlamoForConditionalGeneration, lora: LoraRecipe, trains: TrainsRecipe, *, seed: int):
    """The model with fresh LoRA matrices on its language model; other parts that train are saved with the adapter.

    Raises:
        ValueError: the language model has no such layers.
    """
    from peft import LoraConfig, get_peft_model

    pattern = target_pattern(lora.target_modules)
    if not any(re.fullmatch(pattern, name) for name, _ in model.named_modules()):
        raise ValueError(
            f"lora.target_modules {lora.target_modules} name no layer of {type(model.model.language_model).__name__}"
        )
    saved = [f"model.{name}" for name in ("graph_encoder", "projector") if getattr(trains, name) == "full"]
    if trains.embeddings == "full":
        saved.append(f"model.language_model.{embedding_name(model.model.language_model)}")
    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=lora.r,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=pattern,
        modules_to_save=saved or None,
        ensure_weight_tying=bool(model.config.tie_word_embeddings),
    )
    torch.manual_seed(seed)
    return get_peft_model(cast(PreTrainedModel, model), config)


def target_pattern(names: list[str]) -> str:
    """Regex for layers of the language model alone: the projector's may have the same names."""
    return rf"model\.language_model\..*\.({'|'.join(map(re.escape, names))})"


def count_parts(model: nn.Module, trains: TrainsRecipe) -> list[Part]:
    """Numbers in each part and how many of them train."""
    counts = {name: [0, 0] for name in PARTS}
    for name, parameter in model.named_parameters():
        if ".original_module." in name:  # PEFT keeps it beside the copy that trains
            continue
        part = counts[_part_of(name)]
        size = _numbers_in(parameter)
        part[0] += size
        part[1] += size if parameter.requires_grad else 0
    return [Part(name, getattr(trains, name), *counts[name]) for name in PARTS]


def parts_table(parts: list[Part], title: str) -> Table:
    """The parts for people."""
    table = Table(title=title, title_justify="left")
    for column in ("part", "trains", "parameters", "trainable"):
        table.add_column(column, justify="right" if column.endswith(("rs", "le")) else "left")
    for part in parts:
        table.add_row(part.name, part.training, f"{part.parameters:,}", f"{part.trainable:,}")
    table.add_section()
    table.add_row("all", "", *(f"{sum(getattr(part, n) for part in parts):,}" for n in ("parameters", "trainable")))
    return table


def _part_of(name: str) -> str:
    if "graph_encoder." in name or "projector." in name:
        return "graph_encoder" if "graph_encoder." in name else "projector"
    is_embedding = re.search(r"\.(embed_tokens|wte|embed_in|word_embeddings)\.", name) or "lm_head." in name
    return "embeddings" if is_embedding else "language_model"


def _numbers_in(parameter: nn.Parameter) -> int:
    state = getattr(parameter, "quant_state", None)  # 4-bit weights are stored packed
    return parameter.numel() if state is None else int(torch.Size(state.shape).numel())


def _embeddings(model: LlamoForConditionalGeneration, *, with_head: bool) -> list[nn.Parameter]:
    tables: list[nn.Module] = [model.get_input_embeddings()]
    if with_head:
        tables.append(model.lm_head)
    return [parameter for table in tables for parameter in table.parameters()]
