"""Batches of molecules for benchmarks: real ones where `LLAMO_DATA` names a folder of data, else those of the demo."""

import csv
import gzip
import logging
import os
import random
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from rdkit import rdBase

from configuration import LlamoConfig
from llamo.tasks.locating import FOLDER_VARIABLE
from modeling_llamo.packing import GraphBatch
from processors import LlamoFeatureExtractor

FILE = "chebi20_test.csv.gz"


def data_file(name: str) -> Path | None:
    """A file of the data folder; None where there is none."""
    folder = os.environ.get(FOLDER_VARIABLE)
    path = Path(folder or "") / name
    return path if folder and path.is_file() else None


@cache
def read_molecules() -> tuple[list[str], str]:
    """SMILES in random order, always the same, and where they come from."""
    if path := data_file(FILE):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            molecules, source = [row["SMILES"].replace("\\\\", "\\") for row in csv.DictReader(file)], FILE
    else:
        with (files("llamo") / "demo" / "molecules.csv").open(encoding="utf-8") as file:
            molecules, source = [row["smiles"] for row in csv.DictReader(file)], "llamo/demo/molecules.csv"
    random.Random(0).shuffle(molecules)
    return molecules, f"{len(molecules)} molecules of {source}"


def real_graphs(number: int, *, first: int = 0) -> dict[str, torch.Tensor]:
    """Inputs of the graph side for so many molecules."""
    molecules, _ = read_molecules()
    chosen = [molecules[(first + place) % len(molecules)] for place in range(number)]
    return dict(LlamoFeatureExtractor()(chosen, return_tensors="pt"))


def chains(sizes: list[int], *, seed: int = 0) -> dict[str, torch.Tensor]:
    """Inputs of the graph side for chains of so many atoms with random features, one functional group per ten atoms."""
    generator = torch.Generator().manual_seed(seed)
    config, bonds = LlamoConfig(), [size - 1 for size in sizes]
    forward = torch.cat([torch.stack([torch.arange(b), torch.arange(b) + 1], dim=1) for b in bonds])
    motifs = [size // 10 for size in sizes]
    return {
        "graph_node_ids": _random_ids(config.graph_config.atom_vocab_sizes, sum(sizes), generator),
        "graph_edge_index": torch.stack([forward, forward.flip(1)], dim=1).flatten(0, 1),
        "graph_edge_ids": _random_ids(config.graph_config.bond_vocab_sizes, sum(bonds), generator).repeat_interleave(
            2, dim=0
        ),
        "graph_node_counts": torch.tensor(sizes),
        "graph_edge_counts": 2 * torch.tensor(bonds),
        "graph_motif_features": torch.randint(3, (sum(motifs), 73), generator=generator).float(),
        "graph_motif_counts": torch.tensor(motifs),
    }


def _random_ids(vocab_sizes: list[int], rows: int, generator: torch.Generator) -> torch.Tensor:
    return torch.stack([torch.randint(size, (rows,), generator=generator) for size in vocab_sizes], dim=1)


def graphs_of(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of the graph side among those of a model."""
    return {name: value for name, value in inputs.items() if name.startswith("graph_")}


def pack(graphs: Mapping[str, torch.Tensor]) -> GraphBatch:
    """The same as the model's own form."""
    return GraphBatch(**{name.removeprefix("graph_"): tensor for name, tensor in graphs.items()})


def give_statistics(module: torch.nn.Module):
    """Random running statistics for every BatchNorm of a random model."""
    for norm in module.modules():
        if isinstance(norm, torch.nn.BatchNorm1d) and norm.running_mean is not None and norm.running_var is not None:
            norm.running_mean.normal_(std=0.3)
            norm.running_var.uniform_(0.5, 1.5)


def be_quiet():
    """Molecules without functional groups, and captions left out, are no news here."""
    for name in ("processors", "llamo"):
        logging.getLogger(name).setLevel(logging.ERROR)
    rdBase.DisableLog("rdApp.*")
