"""Small graphs to ask about: drawn by random generators, or out of known social networks. Knows networkx, no model.

In every graph two nodes are marked, so that a question can name them in the graph form too. Answers are balanced where
two are possible: half of the graphs have a cycle, half of the pairs are connected.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

# Names that nodes have in text are drawn from so many numbers: the largest does not tell how many nodes there are.
NAMES = 40
SMALLEST, LARGEST = 5, 30
# networkx has their edges, so they need no network: a karate club (34 members; Zachary 1977), the characters of Les
# Miserables (77; Knuth 1993), the families of Florence (15; Padgett 1994), the southern women and their events (32;
# Davis, Gardner and Gardner 1941).
NETWORKS = ("karate_club_graph", "les_miserables_graph", "florentine_families_graph", "davis_southern_women_graph")
# Draws until a sample of a network has what is wanted of it.
_TRIES = 300


@dataclass(frozen=True)
class Sample:
    """A graph.

    Attributes:
        graph: a networkx graph with nodes 0 .. n - 1.
        marked: two of them.
        names: what each node is called in text.
        source: where it comes from.
    """

    graph: Any
    marked: tuple[int, int]
    names: tuple[int, ...]
    source: str

    @property
    def size(self) -> int:
        """Nodes."""
        return len(self.graph)

    def key(self) -> str:
        """The same for graphs that differ in the order of nodes only, and seldom for others."""
        import networkx

        marks = {node: self.marked.index(node) + 1 if node in self.marked else 0 for node in self.graph}
        graph = self.graph.copy()
        networkx.set_node_attributes(graph, marks, "mark")
        return networkx.weisfeiler_lehman_graph_hash(graph, node_attr="mark", iterations=4)


def synthetic(count: int, *, seed: int) -> Iterator[Sample]:
    """Random graphs of 5 to 30 nodes in one or two pieces: trees, preferential attachment, small worlds, random."""
    import networkx

    draw = np.random.default_rng(seed)
    for _ in range(count):
        size, cyclic = int(draw.integers(SMALLEST, LARGEST + 1)), bool(draw.random() < 0.5)
        sizes = [size]
        if draw.random() < 0.75:
            first = int(draw.integers(2, size - 1))
            sizes = sorted((first, size - first), reverse=True)
        pieces = [
            _piece(part, cyclic and (number == 0 or draw.random() < 0.5), draw) for number, part in enumerate(sizes)
        ]
        graph = networkx.disjoint_union_all(pieces)
        yield _sample(graph, draw.random() < 2 / 3, "synthetic", draw)


def real(count: int, *, seed: int) -> Iterator[Sample]:
    """As many induced subgraphs of each of `NETWORKS`: what a walk by breadth finds, or a random half of it."""
    import networkx

    draw = np.random.default_rng(seed)
    for name in NETWORKS:
        network = networkx.convert_node_labels_to_integers(getattr(networkx, name)())
        for _ in range(count):
            yield _of_network(network, name.removesuffix("_graph").replace("_", " "), draw)


def _piece(size: int, cyclic: bool, draw: np.random.Generator) -> Any:
    """A connected graph, with a cycle or without."""
    import networkx

    seed = int(draw.integers(2**31))
    if not cyclic or size < 3:
        if size > 2 and draw.random() < 0.5:
            return networkx.barabasi_albert_graph(size, 1, seed=seed)
        return networkx.random_labeled_tree(size, seed=seed)
    kind = draw.integers(3)
    if kind == 0 and size > 3:
        return networkx.barabasi_albert_graph(size, 2, seed=seed)
    if kind == 1 and size > 5:
        return networkx.connected_watts_strogatz_graph(size, 4, 0.3, seed=seed)
    graph = networkx.random_labeled_tree(size, seed=seed)
    missing = list(networkx.non_edges(graph))
    chosen = draw.permutation(len(missing))[: int(draw.integers(1, 2 + size // 3))]
    graph.add_edges_from(missing[number] for number in chosen)
    return graph


def _of_network(network: Any, source: str, draw: np.random.Generator) -> Sample:
    import networkx

    cyclic, connected = bool(draw.random() < 0.5), bool(draw.random() < 0.5)
    size = int(draw.integers(SMALLEST, min(LARGEST, len(network)) + 1))
    for attempt in range(_TRIES):
        if attempt and attempt % 30 == 0:
            size = max(SMALLEST, size - 2)  # large parts of a dense network are all connected and full of cycles
        found = _walk(network, 2 * size if draw.random() < 0.5 else size, draw)
        graph = network.subgraph(draw.permutation(found)[:size].tolist())
        pieces = networkx.number_connected_components(graph)
        if (len(networkx.cycle_basis(graph)) > 0) == cyclic and (connected or pieces > 1) and graph.size():
            break
    return _sample(graph, not connected, source, draw)


def _walk(network: Any, count: int, draw: np.random.Generator) -> list[int]:
    """The first nodes that a walk by breadth from a random node finds, neighbours in random order."""
    found = [int(draw.integers(len(network)))]
    for node in found:
        found += [int(other) for other in draw.permutation(list(network[node])) if int(other) not in found]
        if len(found) >= count:
            break
    return found[:count]


def _sample(graph: Any, apart: bool, source: str, draw: np.random.Generator) -> Sample:
    """Nodes in random order with random names; the marked ones in different pieces where that is wanted and can be."""
    import networkx

    order = draw.permutation(len(graph)).tolist()
    graph = networkx.relabel_nodes(graph, dict(zip(graph, order, strict=True)))
    plain = networkx.Graph()
    plain.add_nodes_from(range(len(graph)))
    plain.add_edges_from(graph.edges)
    pieces = [sorted(piece) for piece in networkx.connected_components(plain)]
    if apart and len(pieces) > 1:
        first, second = (pieces[number] for number in draw.permutation(len(pieces))[:2])
        marked = (int(draw.choice(first)), int(draw.choice(second)))
    else:
        largest = max(pieces, key=len)
        marked = tuple(int(node) for node in draw.choice(largest, 2, replace=False))
    names = draw.permutation(NAMES)[: len(plain)].tolist()
    return Sample(plain, (marked[0], marked[1]), tuple(names), source)
