"""A folder of ours as a checkpoint of the released code, so that its users can run weights trained with ours."""

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from configuration import LlamoConfig
from llamo.convert.checkpoint import WRAPPED, Lora
from llamo.convert.names import PREFIX, UNUSED, aliases, find_place, join, text_embedding
from llamo.convert.released import LORA_FOLDER, UNUSED_FILE, LoraHandling
from llamo.convert.report import ConversionReport
from llamo.damage import named
from modeling_llamo.safe_weights import is_inside
from modeling_llamo.text import decoder_name

# Lightning reads these beside the weights.
_LIGHTNING = {"epoch": 0, "global_step": 0, "pytorch-lightning_version": "2.0.0"}
_ADAPTER = re.compile(r"base_model\.model\.(model\.language_model\..+)\.lora_(A|B)\.weight")


def convert_back(
    folder: str | Path, output: str | Path, *, lora: LoraHandling | None = None, overwrite: bool = False
) -> ConversionReport:
    """Writes a LLaMo folder in the released layout.

    Args:
        folder: what `save_pretrained` or `convert` wrote; an adapter is looked for in its folder `lora`.
        output: `.ckpt` (as Lightning writes it), `.pt` (the state dict alone) or `.safetensors` (the same, without the
            aliases of the shared attention).
        lora: what becomes of that adapter: "merge" or "keep"; must be given exactly where there is one.
        overwrite: replace `output`.

    Raises:
        ValueError: the released code cannot hold this model, or the adapter has more than LoRA matrices.
    """
    folder, output = Path(folder), Path(output)
    if output.suffix not in _WRITERS:
        raise ValueError(f"{output} must end in {', '.join(_WRITERS)}")
    if output.exists() and not overwrite:
        raise ValueError(f"{output} is there already; choose another name or pass --overwrite")
    config = LlamoConfig.from_pretrained(folder)
    _check_expressible(config)
    weights = read_weights(folder)
    embedding = text_embedding(weights, "model.language_model.")
    if embedding is None:
        raise ValueError(f"{folder} holds no token embedding; pass the folder of a saved LLaMo model")
    if config.tie_word_embeddings:
        weights["lm_head.weight"] = weights[embedding]
    prefix = decoder_name(config.text_config)
    adapter = _read_adapter(folder / LORA_FOLDER, lora, prefix)
    report = ConversionReport(str(output))
    report.add_mapped(weights)
    state_dict = _released_tensors(config, weights, embedding, prefix, adapter if lora == "merge" else None)
    state_dict |= _unused(folder, config)
    if lora == "keep" and adapter:
        state_dict = _wrap(state_dict, adapter)
    partial = output.with_name(output.name + ".partial")
    try:
        _WRITERS[output.suffix]({PREFIX + name: tensor for name, tensor in state_dict.items()}, partial, config)
        os.replace(partial, output)
    finally:
        partial.unlink(missing_ok=True)
    report.bytes_written = output.stat().st_size
    report.memory.look()
    return report


def _check_expressible(config: LlamoConfig):
    graph, projector = config.graph_config, config.projector_config
    wrong = {
        "projector_config.projector_type": (projector.projector_type, "multi_level"),
        "projector_config.share_attention": (projector.share_attention, True),
        "projector_config.motif_position": (projector.motif_position, "first"),
        "graph_config.gin_variant": (graph.gin_variant, "moleculestm"),
    }
    for name, (found, needed) in wrong.items():
        if found != needed:
            raise ValueError(
                f"{name} is {found!r}, but the released code knows {needed!r} only; train with LlamoConfig.released()"
            )


def read_weights(folder: Path) -> dict[str, torch.Tensor]:
    """All tensors of a saved model, mapped from its file or shards.

    Raises:
        ValueError: one of them is missing, damaged or outside of the folder.
    """
    index = folder / "model.safetensors.index.json"
    files = (
        sorted(set(json.loads(index.read_text())["weight_map"].values())) if index.exists() else ["model.safetensors"]
    )
    if outside := [file for file in files if not is_inside(file)]:
        raise ValueError(f"{index} names {outside[0]!r}, which is outside of the folder; copy the folder again")
    missing = [file for file in files if not (folder / file).is_file()]
    if missing:
        raise ValueError(f"{folder} lacks {', '.join(missing)}; pass the folder of a saved LLaMo model")
    weights = {}
    with named(folder, needed=()):
        for file in files:
            weights |= load_file(folder / file)
    return weights


def _released_tensors(
    config: LlamoConfig, weights: dict[str, torch.Tensor], embedding: str, prefix: str, merged: Lora | None
) -> dict[str, torch.Tensor]:
    """Ours under their names, without the row of `<graph>` at the end of the vocabulary, with the aliases."""
    rows = config.text_config.vocab_size
    if config.graph_token_id == rows - 1:
        for name in (embedding, "lm_head.weight"):
            weights[name] = weights[name][: rows - 1]
    places = {name: find_place(name, prefix) for name in weights}
    state_dict = {}
    for name, tensor in join(places, weights):
        state_dict[name] = merged.merged(name, tensor).to(tensor.dtype) if merged else tensor
        for alias in aliases(name, config.graph_config.num_levels):
            state_dict[alias] = state_dict[name]
    return state_dict


def _unused(folder: Path, config: LlamoConfig) -> dict[str, torch.Tensor]:
    """The LayerNorm that nothing reads but the released code wants to load: as it came, or a fresh one."""
    if (folder / UNUSED_FILE).exists():
        return {name.removeprefix(PREFIX): tensor for name, tensor in load_file(folder / UNUSED_FILE).items()}
    width = config.graph_config.hidden_size
    return dict(zip(UNUSED, (torch.ones(width), torch.zeros(width)), strict=True))


def _read_adapter(folder: Path, lora: LoraHandling | None, prefix: str) -> Lora | None:
    if not folder.is_dir():
        if lora:
            raise ValueError(f"--{lora}-lora was asked for, but there is no adapter in {folder}; leave it out")
        return None
    if lora is None:
        raise ValueError(f"there is an adapter in {folder}; choose --merge-lora or --keep-lora")
    settings = json.loads((folder / "adapter_config.json").read_text())
    adapter, halves = Lora(settings["lora_alpha"], settings["lora_dropout"]), {}
    for name, tensor in load_file(folder / "adapter_model.safetensors").items():
        match = _ADAPTER.fullmatch(name)
        if match is None:
            raise ValueError(
                f"the adapter in {folder} holds {name}, which is no LoRA of the language model; merge it into the "
                "model (merge_and_unload) and convert that"
            )
        halves.setdefault(find_place(f"{match[1]}.weight", prefix).name, {})[match[2]] = tensor
    adapter.pairs = {name: (pair["A"], pair["B"]) for name, pair in halves.items()}
    return adapter


def _wrap(state_dict: Mapping[str, torch.Tensor], adapter: Lora) -> dict[str, torch.Tensor]:
    """Names as PEFT gives them inside the released model, and the adapter's own."""
    wrapped = {}
    for name, tensor in state_dict.items():
        outer = WRAPPED + name.removeprefix("language_model.") if name.startswith("language_model.") else name
        if name not in adapter.pairs:
            wrapped[outer] = tensor
            continue
        module = outer.removesuffix(".weight")
        down, up = adapter.pairs[name]
        wrapped[f"{module}.base_layer.weight"] = tensor
        wrapped[f"{module}.lora_A.default.weight"] = down
        wrapped[f"{module}.lora_B.default.weight"] = up
    return wrapped


def _write_safetensors(state_dict: dict[str, torch.Tensor], path: Path, config: LlamoConfig):
    repeated = {
        PREFIX + alias
        for name in state_dict
        for alias in aliases(name.removeprefix(PREFIX), config.graph_config.num_levels)
    }
    save_file({name: tensor.contiguous() for name, tensor in state_dict.items() if name not in repeated}, path)


_WRITERS: dict[str, Callable[[dict[str, torch.Tensor], Path, LlamoConfig], Any]] = {
    ".ckpt": lambda state_dict, path, config: torch.save({"state_dict": state_dict, **_LIGHTNING}, path),
    ".pt": lambda state_dict, path, config: torch.save(state_dict, path),
    ".safetensors": _write_safetensors,
}
