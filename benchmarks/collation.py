"""Packing the graphs of a batch against `torch_geometric.data.Batch.from_data_list` with the same content.

    python benchmarks/collation.py
    python benchmarks/collation.py --quick

Real molecules, see `molecule_batches`. PyG's `Data` objects hold finished tensors, made outside the timing. The content
is compared before anything is measured. What PyG adds besides (the first atom and the number of each molecule) our
model makes itself from the counts; one line includes it.
"""

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch_geometric.data import Batch, Data

from benchmarks.measuring import Line, ratio, report
from benchmarks.molecule_batches import pack, read_molecules
from llamo.analysis.cost.timing import take_turns
from processors import LlamoDataCollator, LlamoFeatureExtractor, LlamoProcessor, MoleculeGraph
from tests.text import byte_tokenizer

AT_LEAST = 5.0
SIZES = (32, 256)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few rounds")
    parser.add_argument("--rounds", type=int, default=60)
    return parser.parse_args()


def as_data(graph: MoleculeGraph) -> Data:
    """What PyG needs to give the same: its batch tells atoms and bonds of a molecule, but not motif rows."""
    return Data(
        x=torch.from_numpy(graph.node_ids),
        edge_index=torch.from_numpy(graph.edge_index).T.contiguous(),
        edge_attr=torch.from_numpy(graph.edge_ids),
        motif=torch.from_numpy(graph.motif_features).float(),
        motif_count=torch.tensor([len(graph.motif_features)]),
    )


def with_offsets(packed: Callable[[], dict[str, torch.Tensor]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Also what the model makes of packed tensors: number of each atom's molecule, and bonds in the batch."""
    graphs = pack(packed())
    return graphs.segments().index, graphs.global_edge_index()


def check_content(packed: dict[str, torch.Tensor], batch: Any):
    """The two batches hold the same numbers."""
    number, edge_index = with_offsets(lambda: packed)
    for ours, theirs in (
        (packed["graph_node_ids"], batch.x),
        (packed["graph_edge_ids"], batch.edge_attr),
        (packed["graph_motif_features"], batch.motif),
        (packed["graph_motif_counts"], batch.motif_count),
        (packed["graph_node_counts"], batch.ptr.diff()),
        (number, batch.batch),
        (edge_index, batch.edge_index),
    ):
        assert torch.equal(ours, theirs) and ours.dtype == theirs.dtype


def measure(graphs: list[MoleculeGraph], rounds: int) -> list[Line]:
    extractor = LlamoFeatureExtractor()
    collator = LlamoDataCollator(LlamoProcessor.from_tokenizer(byte_tokenizer()))
    data = [as_data(graph) for graph in graphs]
    examples = [dict(extractor.pack([graph])) for graph in graphs]  # as `encode_conversation` gives them
    ways = {
        "pyg": partial(Batch.from_data_list, data),
        "extractor": partial(extractor.pack, graphs, return_tensors="pt"),
        "collator": partial(collator._pack_graphs, examples),
    }
    ways["with offsets"] = partial(with_offsets, ways["extractor"])
    for name in ("extractor", "collator"):
        check_content(dict(ways[name]()), ways["pyg"]())
    seconds = take_turns(ways, rounds=rounds, warm_up=3)
    titles = {
        "extractor": "LlamoFeatureExtractor.pack",
        "collator": "LlamoDataCollator, graphs of encoded examples",
        "with offsets": "LlamoFeatureExtractor.pack and the model's offsets",
    }
    return [
        Line(f"{len(graphs)} molecules: {title}", ratio(seconds, "pyg", name), AT_LEAST, True, "times faster than PyG")
        for name, title in titles.items()
    ]


def main():
    args = read_arguments()
    torch.set_num_threads(1)
    molecules, source = read_molecules()
    print(f"{source}; CPU time, 1 thread")
    extractor = LlamoFeatureExtractor()
    graphs = [extractor.featurize(smiles) for smiles in molecules[: max(SIZES)]]
    rounds = 10 if args.quick else args.rounds
    lines = [line for size in SIZES for line in measure(graphs[:size], rounds)]
    report("collation", lines, molecules=source, rounds=rounds)


if __name__ == "__main__":
    main()
