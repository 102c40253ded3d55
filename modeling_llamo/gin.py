"""Layers of the Graph Isomorphism Network on packed graphs. Knows tensors only: no molecule, no file.

Shapes: N atoms in the batch, E directed bonds, D width.
"""

from typing import ClassVar, cast

import torch
from torch import nn
from torch.nn import functional as F

from configuration import LlamoGraphConfig
from modeling_llamo.batch_norm import NodeBatchNorm


class FeatureEmbedding(nn.Module):
    """Sum of one embedding per categorical feature column: (R, columns) ids -> (R, D).

    Reads as many columns as there are tables. An id without a row is an error.

    Args:
        vocab_sizes: rows of each table.
        width: D.
        beyond_is_unspecified: an id beyond the table reads row 0, "unspecified"; except in column 0 (element, bond
            type), whose row 0 is an ordinary value.
    """

    def __init__(self, vocab_sizes: list[int], width: int, *, beyond_is_unspecified: bool = False):
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(size, width) for size in vocab_sizes)
        self.beyond_is_unspecified = beyond_is_unspecified

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        embedding = self.tables[0](ids[:, 0])
        for column, table in enumerate(self.tables[1:], start=1):
            rows = ids[:, column]
            if self.beyond_is_unspecified:
                rows = rows.masked_fill(rows >= cast(nn.Embedding, table).num_embeddings, 0)
            embedding = embedding + table(rows)
        return embedding


class MessagePassingLayer(nn.Module):
    """What the kinds of layer share: MLP(mix of h_i and messages to i), BatchNorm, ReLU except after the last layer.

    A kind says what a message is and how the messages are mixed with the atom's own state.
    """

    has_inner_norm: ClassVar[bool] = False  # a BatchNorm between the MLP's first Linear and its ReLU

    def __init__(self, config: LlamoGraphConfig, *, is_last: bool):
        super().__init__()
        width, inner = config.hidden_size, cast(int, config.intermediate_size)
        eps, momentum = config.batch_norm_eps, config.batch_norm_momentum
        self.bond_embedding = FeatureEmbedding(
            config.bond_vocab_sizes, width, beyond_is_unspecified=config.gin_variant == "graphcl"
        )
        self.up_proj = nn.Linear(width, inner)
        if self.has_inner_norm:
            self.inner_norm = NodeBatchNorm(inner, eps, momentum)
        self.down_proj = nn.Linear(inner, width)
        self.norm = NodeBatchNorm(width, eps, momentum)
        self.dropout = config.dropout
        self.is_last = is_last

    def message(self, sources: torch.Tensor, bonds: torch.Tensor) -> torch.Tensor:
        """What travels along each directed bond: (E, D), (E, D) -> (E, D)."""
        raise NotImplementedError

    def mix(self, nodes: torch.Tensor, edge_index: torch.Tensor, edge_ids: torch.Tensor) -> torch.Tensor:
        """What the MLP reads: (N, D), (2, E), (E, columns) -> (N, D)."""
        raise NotImplementedError

    def aggregate(self, nodes: torch.Tensor, edge_index: torch.Tensor, edge_ids: torch.Tensor) -> torch.Tensor:
        """Sum of the messages that reach each atom: (N, D), (2, E), (E, columns) -> (N, D)."""
        source, target = edge_index
        messages = self.message(nodes[source], self.bond_embedding(edge_ids))
        return torch.zeros_like(nodes).index_add(0, target, messages.to(nodes.dtype))

    def forward(self, nodes: torch.Tensor, edge_index: torch.Tensor, edge_ids: torch.Tensor) -> torch.Tensor:
        """(N, D) node states of level l -> (N, D) node states of level l + 1."""
        inner = self.up_proj(self.mix(nodes, edge_index, edge_ids))
        inner = self.inner_norm(inner) if self.has_inner_norm else inner
        nodes = self.norm(self.down_proj(F.relu(inner)))
        nodes = nodes if self.is_last else F.relu(nodes)
        return F.dropout(nodes, self.dropout, self.training)


class GINLayer(MessagePassingLayer):
    """One bond-aware GIN layer with learnable epsilon (How Powerful are Graph Neural Networks?, arXiv 1810.00826).

    z_i = MLP((1 + eps) h_i + sum_{j in N(i)} ReLU(h_j + e_ij)), then BatchNorm; ReLU except after the last layer.
    The MLP is Linear, BatchNorm, ReLU, Linear.
    """

    has_inner_norm = True

    def __init__(self, config: LlamoGraphConfig, *, is_last: bool):
        super().__init__(config, is_last=is_last)
        self.eps = nn.Parameter(torch.zeros(1))

    def message(self, sources: torch.Tensor, bonds: torch.Tensor) -> torch.Tensor:
        """ReLU(h_j + e_ij)."""
        return F.relu(sources + bonds)

    def mix(self, nodes: torch.Tensor, edge_index: torch.Tensor, edge_ids: torch.Tensor) -> torch.Tensor:
        """(1 + eps) h_i + sum of messages."""
        return (1 + self.eps) * nodes + self.aggregate(nodes, edge_index, edge_ids)


class GraphCLLayer(MessagePassingLayer):
    """One GIN layer of GraphCL (arXiv 2010.13902), from Strategies for Pre-training Graph Neural Networks (1905.12265).

    z_i = MLP(sum_{j in N(i) + {i}} (h_j + e_ij)), then BatchNorm; ReLU except after the last layer. The MLP is Linear,
    ReLU, Linear. e_ii is the bond of every atom to itself: type `self_loop_bond_type`, 0 in the other columns. That is
    one row added to every sum, so no edges are added. A bond of type 4 (dative and others) reads the row that
    GraphCL's self-loops read, as it does in MolCA.
    """

    def __init__(self, config: LlamoGraphConfig, *, is_last: bool):
        super().__init__(config, is_last=is_last)
        self.self_loop_bond_type = config.self_loop_bond_type

    def message(self, sources: torch.Tensor, bonds: torch.Tensor) -> torch.Tensor:
        """h_j + e_ij."""
        return sources + bonds

    def mix(self, nodes: torch.Tensor, edge_index: torch.Tensor, edge_ids: torch.Tensor) -> torch.Tensor:
        """h_i + e_ii + sum of messages."""
        loop_ids = edge_ids.new_zeros(1, len(self.bond_embedding.tables))
        loop_ids[:, 0] = self.self_loop_bond_type
        return nodes + self.bond_embedding(loop_ids) + self.aggregate(nodes, edge_index, edge_ids)


LAYERS: dict[str, type[MessagePassingLayer]] = {"moleculestm": GINLayer, "graphcl": GraphCLLayer}
