"""Safetensors shards written one by one from tensors that are made when their shard is due; knows no model."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from huggingface_hub import split_torch_state_dict_into_shards
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from safetensors.torch import save_file


def write_shards(
    folder: Path,
    shapes: Mapping[str, torch.Tensor],
    make: Callable[[str], torch.Tensor],
    *,
    max_shard_size: str | int,
) -> int:
    """Writes `model.safetensors`, or its shards and their index.

    Args:
        folder: where to.
        shapes: each tensor on the meta device, with the shape and dtype it will have.
        make: gives a tensor by name; called once each, and forgotten when its shard is written.
        max_shard_size: as in `save_pretrained`, such as "5GB".

    Returns:
        The bytes written.
    """
    split = split_torch_state_dict_into_shards(dict(shapes), max_shard_size=max_shard_size)
    total = sum(tensor.numel() * tensor.element_size() for tensor in shapes.values())
    with _progress() as progress:
        task = progress.add_task("writing", total=total)
        for file, names in split.filename_to_tensors.items():
            shard = {}
            for name in names:
                shard[name] = make(name).contiguous()
                progress.update(task, advance=shard[name].numel() * shard[name].element_size())
            save_file(shard, folder / file, metadata={"format": "pt"})
    if split.is_sharded:
        index = {"metadata": split.metadata, "weight_map": split.tensor_to_filename}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2, sort_keys=True) + "\n")
    return total


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))
