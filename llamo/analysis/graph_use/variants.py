"""The molecules of rows changed on purpose, and prompts with or without SMILES. Knows tensors and rows, no model."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from llamo.analysis.laboratory.shown import shown
from llamo.compact.tensors import TensorRows
from llamo.training.batch_graphs import SingleGraph
from llamo.training.graph_content import content_key, partners
from llamo.training.perturbation import move_bonds
from processors import LlamoProcessor

Example = dict[str, Any]

TRUE, SHUFFLED, REMOVED = "true", "another molecule's", "removed"
# Share of the bonds that are moved and of the atoms that are masked.
SHARE = 0.3
PARTS = ("bonds moved", "atoms masked", "bond types removed", "groups removed", "groups alone")
# Which graphs are shown with the SMILES in the prompt and without: parts matter where nothing else tells them.
GRAPHS = {"both": (TRUE, SHUFFLED, REMOVED), "graph": (TRUE, SHUFFLED, REMOVED, *PARTS)}


def variants(rows: TensorRows, view: str, processor: LlamoProcessor, *, seed: int = 0) -> dict[str, list[Example]]:
    """Examples of the rows by what their graphs are, one of `GRAPHS[view]` each.

    Args:
        rows: of one kind, each about one molecule.
        view: "both" with SMILES, "graph" without.
        processor: of the model.
        seed: of all changes.
    """
    options = {"graph_token_id": processor.graph_token_id, "num_graph_tokens": processor.num_graph_tokens}
    true = list(shown(rows, view, **options))
    graphs = [read(example) for example in true]
    generator, draw = torch.Generator().manual_seed(seed), random.Random(seed)
    others = partners([content_key(graph) for graph in graphs], generator)
    wrong = [graph if other is None else graphs[other] for graph, other in zip(graphs, others, strict=True)]
    found = {TRUE: true, SHUFFLED: _with(true, wrong)}
    found[REMOVED] = list(shown(rows, {"both": "smiles", "graph": "neither"}[view], **options))
    for name, change in _changes(draw, processor).items() if view == "graph" else ():
        found[name] = _with(true, [change(graph, other) for graph, other in zip(graphs, wrong, strict=True)])
    return found


def _changes(
    draw: random.Random, processor: LlamoProcessor
) -> dict[str, Callable[[SingleGraph, SingleGraph], SingleGraph]]:
    """By `PARTS`: from a molecule and another one to the changed molecule."""
    unknown = torch.as_tensor(processor.feature_extractor.featurize("*").node_ids[0])
    return {
        "bonds moved": lambda graph, _: move_bonds(graph, SHARE, draw),
        "atoms masked": lambda graph, _: mask_atoms(graph, SHARE, unknown, draw),
        "bond types removed": lambda graph, _: replace(graph, edge_ids=torch.zeros_like(graph.edge_ids)),
        "groups removed": lambda graph, _: replace(graph, motif_features=_motifs(graph)[:0]),
        "groups alone": lambda graph, other: replace(other, motif_features=_motifs(graph)),
    }


def mask_atoms(graph: SingleGraph, share: float, unknown: torch.Tensor, draw: random.Random) -> SingleGraph:
    """The molecule in which a share of the atoms, at least one, have the features `unknown` (9,); bonds stay."""
    nodes = graph.node_ids.clone()
    nodes[draw.sample(range(len(nodes)), max(1, round(share * len(nodes))))] = unknown.to(nodes.dtype)
    return replace(graph, node_ids=nodes)


def read(example: Example) -> SingleGraph:
    """The molecule of an example."""
    names = ("node_ids", "edge_index", "edge_ids", "motif_features")
    return SingleGraph(*(torch.as_tensor(np.asarray(example[f"graph_{name}"]).astype(np.int64)) for name in names))


def _with(examples: Sequence[Example], graphs: Sequence[SingleGraph]) -> list[Example]:
    return [{**example, **_written(graph)} for example, graph in zip(examples, graphs, strict=True)]


def _written(graph: SingleGraph) -> Example:
    arrays = {"node_ids": graph.node_ids, "edge_index": graph.edge_index, "edge_ids": graph.edge_ids}
    arrays["motif_features"] = _motifs(graph)
    counts = {f"graph_{name}_counts": len(arrays[key]) for name, key in _COUNTED.items()}
    return {f"graph_{name}": array.numpy() for name, array in arrays.items()} | {
        name: np.array([count]) for name, count in counts.items()
    }


_COUNTED = {"node": "node_ids", "edge": "edge_index", "motif": "motif_features"}


def _motifs(graph: SingleGraph) -> torch.Tensor:
    assert graph.motif_features is not None, "prepared rows have them"
    return graph.motif_features
