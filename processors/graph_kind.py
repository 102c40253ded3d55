"""What nodes, edges and motifs of graphs that are no molecules have. Knows numbers of columns, no model and no graph.

It is the processor's side of `LlamoGraphConfig(molecular=False)`: both state the same numbers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from configuration import LlamoConfig

# What stands where there are no categories: one table of one row, in no column of the user's.
NO_CATEGORIES = (1,)


@dataclass(frozen=True)
class GraphKind:
    """Columns of one kind of graph.

    Attributes:
        node_vocab_sizes: values of each category column of a node; `(1,)` where there is none.
        edge_vocab_sizes: the same of an edge.
        num_node_features: continuous numbers of a node.
        num_edge_features: continuous numbers of an edge.
        motif_width: numbers per motif row (`LlamoProjectorConfig.motif_vocab_size`).

    Raises:
        ValueError: a number that no graph can have.
    """

    node_vocab_sizes: tuple[int, ...] = NO_CATEGORIES
    edge_vocab_sizes: tuple[int, ...] = NO_CATEGORIES
    num_node_features: int = 0
    num_edge_features: int = 0
    motif_width: int = 1

    def __post_init__(self):
        for name in ("node_vocab_sizes", "edge_vocab_sizes"):
            sizes = tuple(getattr(self, name))
            object.__setattr__(self, name, sizes)  # a list where it was read from JSON
            if not sizes or not all(isinstance(size, int) and size > 0 for size in sizes):
                raise ValueError(
                    f"graph_kind.{name} must list the number of values of each column, [1] for none, got {list(sizes)}"
                )
        for name, least in (("num_node_features", 0), ("num_edge_features", 0), ("motif_width", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"graph_kind.{name} must be at least {least}, got {getattr(self, name)}")

    @classmethod
    def of(cls, config: LlamoConfig) -> "GraphKind | None":
        """The kind that a model reads; None for molecules."""
        graph = config.graph_config
        if graph.molecular:
            return None
        return cls(
            tuple(graph.atom_vocab_sizes),
            tuple(graph.bond_vocab_sizes),
            graph.num_node_features,
            graph.num_edge_features,
            config.projector_config.motif_vocab_size,
        )

    @property
    def community_width(self) -> int:
        """Numbers of a motif row that is made of a community; see `processors.own_graph.community_rows`."""
        return sum(self.node_vocab_sizes) + sum(self.edge_vocab_sizes) + self.num_node_features

    def tensors(self) -> dict[str, tuple[int | None, Any]]:
        """Columns (None: one number per graph) and dtype of each packed tensor."""
        tensors = packed_tensors(len(self.node_vocab_sizes), len(self.edge_vocab_sizes), self.motif_width)
        for name, width in (("node", self.num_node_features), ("edge", self.num_edge_features)):
            if width:
                tensors[f"graph_{name}_features"] = (width, np.float32)
        return tensors


def packed_tensors(node_columns: int, edge_columns: int, motif_width: int) -> dict[str, tuple[int | None, Any]]:
    """Columns (None: one number per graph) and dtype of the packed tensors that all graphs have."""
    return {
        "graph_node_ids": (node_columns, np.int64),
        "graph_edge_index": (2, np.int64),
        "graph_edge_ids": (edge_columns, np.int64),
        "graph_node_counts": (None, np.int64),
        "graph_edge_counts": (None, np.int64),
        "graph_motif_features": (motif_width, np.float32),
        "graph_motif_counts": (None, np.int64),
    }
