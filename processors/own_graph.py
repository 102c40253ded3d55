"""Graphs that are no molecules, as users have them (PyG `Data`, or a mapping), checked before they are believed.

Shapes: N nodes, E directed edges, M motifs, C category columns, F continuous columns, W numbers per motif row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from processors.graph import MoleculeGraph
from processors.graph_kind import NO_CATEGORIES, GraphKind
from processors.molecule import MoleculeError

_NO_MOTIFS = "it has neither motif nor motif_index"
_NAMES = ("x", "edge_index", "edge_attr", "num_nodes", "motif", "motif_index", "text")


class GraphError(MoleculeError):
    """A graph that cannot be read: row, reason and remedy in one line."""

    noun = "graph"


def read_graph(
    data: Any, kind: GraphKind, *, row: int | None = None, max_nodes: int | None = None, use_motifs: bool = True
) -> MoleculeGraph:
    """The graph of a PyG `Data` (by its attributes; PyG is not imported) or of a mapping with the same names.

    Args:
        data: `edge_index` (2, E); `x` (N, C + F), categories first, or `num_nodes` where nodes have no columns;
            `edge_attr` (E, C + F) where edges have columns; if there are motifs, their rows `motif` (M, W), or the
            motif of each node `motif_index` (N,), -1 for none; and `text`, which prompts write in front of the graph.
            A `MoleculeGraph` as a dict does too.
            A single column may come as (N,). Edges are read as they are: an undirected one is given in both directions.
        kind: which columns these are.
        row: number that an error names.
        max_nodes: refuse larger graphs.
        use_motifs: whether motifs are read.

    Raises:
        GraphError: a part is missing, has another shape, or a value that cannot be read.
    """
    reader = _Reader(data, kind, row)
    parts = reader.parts()
    graph = reader.read(parts, max_nodes)
    return reader.with_motifs(graph, parts["motif"], parts["motif_index"]) if use_motifs else graph


@dataclass(frozen=True)
class _Reader:
    data: Any
    kind: GraphKind
    row: int | None

    def read(self, parts: dict[str, Any], max_nodes: int | None) -> MoleculeGraph:
        size, kind = self.size(parts), self.kind
        if size < 1:
            raise self.error("it has no nodes", "pass a graph with at least one node")
        if max_nodes is not None and size > max_nodes:
            raise self.error(f"it has {size} nodes, max_atoms is {max_nodes}", "raise max_atoms")
        index = self.edges(parts["edge_index"], size)
        nodes, node_features = self.columns("x", parts["x"], size, kind.node_vocab_sizes, kind.num_node_features)
        edges, edge_features = self.columns(
            "edge_attr", parts["edge_attr"], len(index), kind.edge_vocab_sizes, kind.num_edge_features
        )
        text = parts["text"]
        if text is not None and not isinstance(text, str):
            raise self.error(f"text is a {type(text).__name__}", "give a string, or leave it out")
        no_motifs = np.zeros((0, kind.motif_width), np.float32)
        return MoleculeGraph(nodes, index, edges, no_motifs, text, _NO_MOTIFS, node_features, edge_features)

    def error(self, reason: str, remedy: str) -> GraphError:
        return GraphError(self.data, reason, remedy, self.row)

    def parts(self) -> dict[str, Any]:
        data = self.data
        if isinstance(data, Mapping):
            if "node_ids" in data:
                return self.parts_of_fields(data)
            if unknown := sorted(set(data) - set(_NAMES)):
                raise self.error(f"it has the unknown keys {', '.join(unknown)}", f"use {', '.join(_NAMES)}")
            return {name: data.get(name) for name in _NAMES}
        if isinstance(data, str) or not hasattr(data, "edge_index"):
            raise self.error("this processor reads graphs of its own kind, no molecules", "pass a PyG Data")
        return {name: getattr(data, name, None) for name in _NAMES}

    def parts_of_fields(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The parts of a `MoleculeGraph` that has become a dict, as it does in a conversation."""
        kind = self.kind
        parts: dict[str, Any] = dict.fromkeys(_NAMES)
        tables = {"x": ("node", kind.node_vocab_sizes), "edge_attr": ("edge", kind.edge_vocab_sizes)}
        for name, (one, sizes) in tables.items():
            ids, features = np.asarray(fields[f"{one}_ids"]), fields.get(f"{one}_features")
            table = ids[:, :0] if sizes == NO_CATEGORIES else ids
            parts[name] = table if features is None else np.concatenate([table, np.asarray(features)], 1)
        motifs = fields.get("motif_features")
        parts["motif"] = None if motifs is None or not len(motifs) else motifs
        return parts | {"edge_index": np.asarray(fields["edge_index"]).T, "text": fields.get("smiles")}

    def size(self, parts: dict[str, Any]) -> int:
        if parts["x"] is not None:
            return len(np.atleast_1d(self.numbers("x", parts["x"])))
        if parts["num_nodes"] is None:
            raise self.error("it does not say how many nodes it has", "give x, or num_nodes")
        number = self.whole("num_nodes", parts["num_nodes"])
        if number.size != 1:
            raise self.error(f"num_nodes must be one number, got {number.size}", "give the number of nodes")
        return int(number.item())

    def numbers(self, name: str, value: Any) -> np.ndarray:
        try:
            return np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError, RuntimeError):  # the last for tensors with a gradient
            raise self.error(f"{name} is no table of numbers", "give numbers in rows of one length") from None

    def whole(self, name: str, value: Any) -> np.ndarray:
        array = self.numbers(name, value)
        with np.errstate(invalid="ignore"):
            found = array.astype(np.int64)
        if not np.array_equal(found, array):
            raise self.error(f"{name} holds numbers that are no integers", "give integers")
        return found

    def edges(self, value: Any, size: int) -> np.ndarray:
        """(E, 2) source and target."""
        if value is None:
            raise self.error("edge_index is missing", "give (2, E), with E = 0 for no edges")
        index = self.whole("edge_index", value)
        index = index.reshape(2, 0) if index.size == 0 else index
        if index.ndim != 2 or len(index) != 2:
            raise self.error(f"edge_index must be (2, E), got {index.shape}", "give a row of sources, one of targets")
        outside = np.flatnonzero(((index < 0) | (index >= size)).any(0))
        if len(outside):
            edge = outside[0]
            raise self.error(
                f"edge {edge} joins {index[0, edge]} and {index[1, edge]}, nodes are 0 to {size - 1}", "count from 0"
            )
        return np.ascontiguousarray(index.T)

    def columns(
        self, name: str, value: Any, count: int, vocab_sizes: tuple[int, ...], num_features: int
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Categories (rows, C) and numbers (rows, F) of a table; zeros and None where there are none."""
        sizes = () if vocab_sizes == NO_CATEGORIES else vocab_sizes
        width, one = len(sizes) + num_features, {"x": "node", "edge_attr": "edge"}[name]
        told = f"{len(sizes)} categories and {num_features} numbers per {one}"
        if value is None and width and count:
            raise self.error(f"{name} is missing", f"give {told}, in this order")
        table = np.zeros((count, width)) if value is None else self.numbers(name, value)
        table = table.reshape(-1, 1) if table.ndim == 1 and width == 1 else table
        table = table.reshape(0, width) if table.size == 0 and not count else table
        if table.shape != (count, width):
            remedy = f"give {told}, in this order" if width else "leave it out, or state its columns in graph_kind"
            raise self.error(f"{name} must be ({count}, {width}), got {table.shape}", remedy)
        with np.errstate(over="ignore"):
            table32 = table.astype(np.float32)
        if len(wrong := np.argwhere(~np.isfinite(table32))):
            row, column = wrong[0]
            raise self.error(f"column {column} of {name} is {table[row, column]} at {one} {row}", "give finite numbers")
        ids = self.categories(name, table[:, : len(sizes)], sizes, one) if sizes else np.zeros((count, 1), np.int64)
        return ids, table32[:, len(sizes) :] if num_features else None

    def categories(self, name: str, table: np.ndarray, sizes: tuple[int, ...], one: str) -> np.ndarray:
        ids = table.astype(np.int64)
        wrong = np.argwhere((ids != table) | (ids < 0) | (ids >= np.array(sizes)))
        if len(wrong):
            row, column = wrong[0]
            got, most = f"{table[row, column]:g}", sizes[column] - 1
            raise self.error(
                f"column {column} of {name} must be 0 to {most}, got {got} at {one} {row}",
                "correct it, or enlarge the vocabulary of model and processor",
            )
        return ids

    def with_motifs(self, graph: MoleculeGraph, rows: Any, membership: Any) -> MoleculeGraph:
        if rows is None and membership is None:
            return graph
        if rows is not None and membership is not None:
            raise self.error("it has both motif and motif_index", "give one of them")
        motifs = self.motif_rows(rows) if membership is None else self.community_rows(graph, membership)
        return replace(graph, motif_features=motifs, motif_fallback=None if len(motifs) else "no node is in a motif")

    def motif_rows(self, value: Any) -> np.ndarray:
        rows, width = self.numbers("motif", value).astype(np.float32), self.kind.motif_width
        rows = rows.reshape(0, width) if rows.size == 0 else rows
        if rows.ndim != 2 or rows.shape[1] != width:
            raise self.error(f"motif must be (M, {width}), got {rows.shape}", "set projector_config.motif_vocab_size")
        if len(wrong := np.argwhere(~np.isfinite(rows))):
            raise self.error(f"motif {wrong[0][0]} has a number that is not finite", "give finite numbers")
        return rows

    def community_rows(self, graph: MoleculeGraph, value: Any) -> np.ndarray:
        membership, size, width = self.whole("motif_index", value), len(graph.node_ids), self.kind.community_width
        if membership.shape != (size,):
            raise self.error(f"motif_index must be ({size},), got {membership.shape}", "give the motif of each node")
        outside = np.flatnonzero((membership < -1) | (membership >= size))
        if len(outside):
            node = outside[0]
            raise self.error(
                f"motif_index is {membership[node]} at node {node}, motifs of {size} nodes are 0 to {size - 1}",
                "count from 0; -1 is no motif",
            )
        if self.kind.motif_width != width:
            raise self.error(
                f"rows of communities have {width} numbers, the model reads {self.kind.motif_width}",
                f"set projector_config.motif_vocab_size={width}",
            )
        return community_rows(graph, membership, self.kind)


def community_rows(graph: MoleculeGraph, membership: np.ndarray, kind: GraphKind) -> np.ndarray:
    """What the paper's rows are to functional groups: how many of each kind are inside. (M, community_width) float32.

    log(1 + count) of the members with each category of each column, then of the directed edges inside with each of
    theirs, then the mean of the members' continuous numbers.

    Args:
        graph: of N nodes.
        membership: (N,) motif of each node, -1 for none; numbers without a node are left out.
        kind: of the graph.
    """
    inside = membership >= 0
    motifs, numbers = np.unique(membership[inside], return_inverse=True)
    rows = np.zeros((len(motifs), kind.community_width))
    number = np.full(len(membership), -1)
    number[inside] = numbers
    source, target = number[graph.edge_index].T
    joins = (source == target) & (source >= 0)
    owners = [(numbers, graph.node_ids[inside], kind.node_vocab_sizes)]
    owners.append((source[joins], graph.edge_ids[joins], kind.edge_vocab_sizes))
    first = 0
    for owner, ids, sizes in owners:
        for column, size in enumerate(sizes):
            np.add.at(rows, (owner, first + ids[:, column]), 1)
            first += size
    rows[:, :first] = np.log1p(rows[:, :first])
    if graph.node_features is not None:
        np.add.at(rows[:, first:], numbers, graph.node_features[inside])
        rows[:, first:] /= np.bincount(numbers)[:, None]
    return rows.astype(np.float32)
