"""What is asked about a graph and the true answers; a graph as PyG `Data` and as text. Knows networkx, no model."""

from typing import TYPE_CHECKING, Any

import numpy as np

from llamo.analysis.graphs.samples import NAMES, Sample

if TYPE_CHECKING:
    from torch_geometric.data import Data

# The last word says which question it is: a tiny model learns early what is asked, and the rest of its steps goes into
# reading graphs.
QUESTIONS = {
    "connected": "are the marked nodes connected",
    "cycle": "is there a cycle",
    "path": "how many edges has the shortest path",
    "degree": "how many neighbours has the first marked",
    "nodes": "how many are the nodes",
}
# Words of the tokenizer: those of questions, answers and edge lists. No answer is beyond the names.
WORDS = sorted({word for text in QUESTIONS.values() for word in text.split()} | {"yes", "edges", "alone", "-"} | {"no"})
NUMBERS = [str(number) for number in range(NAMES)]


def answers(sample: Sample) -> dict[str, str]:
    """The true answer to each question; a path is asked of connected nodes only."""
    import networkx

    graph, (first, second) = sample.graph, sample.marked
    connected = networkx.has_path(graph, first, second)
    found = {
        "connected": _yes_or_no(connected),
        "cycle": _yes_or_no(bool(networkx.cycle_basis(graph))),
        "degree": str(graph.degree[first]),
        "nodes": str(len(graph)),
    }
    if connected:
        found["path"] = str(networkx.shortest_path_length(graph, first, second))
    return found


def to_data(sample: Sample, *, seed: int = 0) -> "Data":
    """The graph for the processor: category 1 and 2 for the marked nodes, communities as motifs, edges as text."""
    import torch
    from torch_geometric.data import Data

    from llamo.communities import communities

    x = torch.zeros(sample.size, 1, dtype=torch.long)
    for number, node in enumerate(sample.marked, 1):
        x[node] = number
    pairs = [pair for edge in sample.graph.edges for pair in (edge, edge[::-1])]
    data = Data(x=x, edge_index=torch.tensor(pairs, dtype=torch.long).reshape(-1, 2).t(), text=to_text(sample, seed))
    data.motif_index = communities(data)
    return data


def to_text(sample: Sample, seed: int = 0) -> str:
    """The marked nodes, then all edges in random order, then nodes without an edge."""
    draw, name = np.random.default_rng([seed, *sample.names]), sample.names
    edges: list[Any] = list(sample.graph.edges)
    turned = [edges[number] if draw.random() < 0.5 else edges[number][::-1] for number in draw.permutation(len(edges))]
    alone = [name[node] for node in sample.graph if not sample.graph.degree[node]]
    first, second = (name[node] for node in sample.marked)
    written = " ".join(f"{name[a]}-{name[b]}" for a, b in turned)
    return f"marked {first} {second} edges {written}" + (f" alone {' '.join(map(str, alone))}" if alone else "")


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"
