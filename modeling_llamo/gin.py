"""Layers of the Graph Isomorphism Network on packed graphs. Knows tensors only: no molecule, no file.

Tensors that a line has just made are written over where autograd does not need them: memory is what costs here.

Shapes: N atoms in the batch, E directed bonds, C combinations of bond features, D width.
"""

from math import prod
from typing import ClassVar, cast

import torch
from torch import nn
from torch.nn import functional as F

from configuration import LlamoGraphConfig
from modeling_llamo.batch_norm import NodeBatchNorm, normed_linear

# Up to so many combinations of features each has its sum made in advance; bonds have 60.
MOST_COMBINATIONS = 4096


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
        self.sizes = tuple(vocab_sizes)
        self.beyond_is_unspecified = beyond_is_unspecified

    def column(self, ids: torch.Tensor, number: int) -> torch.Tensor:
        """(R,) ids of one column, 0 where they read "unspecified"."""
        rows = ids[:, number]
        if self.beyond_is_unspecified and number:
            rows = rows.masked_fill(rows >= self.sizes[number], 0)
        return rows

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        embedding = self.tables[0](self.column(ids, 0))
        for number, table in enumerate(self.tables[1:], start=1):
            embedding = table(self.column(ids, number)).add_(embedding)
        return embedding

    def prepare(self, ids: torch.Tensor) -> torch.Tensor:
        """What `look_up` reads, of every embedding with these sizes: (R,) numbers of combinations, or the ids again."""
        if prod(self.sizes) > MOST_COMBINATIONS:
            return ids
        combination = torch.zeros_like(ids[:, 0])
        for number, size in enumerate(self.sizes):
            rows = torch.arange(size, device=ids.device)  # read by index, so that an id without a row is an error
            combination = combination * size + rows.index_select(0, self.column(ids, number))
        return combination

    def look_up(self, prepared: torch.Tensor) -> torch.Tensor:
        """The same as `forward`, from what `prepare` gives: (R, D)."""
        if prepared.dim() > 1:
            return self(prepared)
        return F.embedding(prepared, self.combinations(prepared.device))

    def combinations(self, device: torch.device) -> torch.Tensor:
        """(C, D) the sum of each combination of ids, that of the last column changing fastest."""
        tables = [table(torch.arange(size, device=device)) for table, size in zip(self.tables, self.sizes, strict=True)]
        sums = tables[0]
        for rows in tables[1:]:
            sums = (sums.unsqueeze(1) + rows).flatten(0, 1)
        return sums


class MessagePassingLayer(nn.Module):
    """What the kinds of layer share: MLP(own part of h_i + messages to i), BatchNorm, ReLU except after the last layer.

    A kind says what an atom keeps of itself and what a message is.
    """

    has_inner_norm: ClassVar[bool] = False  # a BatchNorm between the MLP's first Linear and its ReLU

    def __init__(self, config: LlamoGraphConfig, *, is_last: bool):
        super().__init__()
        width, inner = config.hidden_size, cast(int, config.intermediate_size)
        eps, momentum = config.batch_norm_eps, config.batch_norm_momentum
        self.bond_embedding = FeatureEmbedding(
            config.bond_vocab_sizes, width, beyond_is_unspecified=config.gin_variant == "graphcl"
        )
        features = config.num_edge_features
        self.edge_projection = nn.Linear(features, width, bias=False) if features else None
        self.up_proj = nn.Linear(width, inner)
        self.inner_norm = NodeBatchNorm(inner, eps, momentum) if self.has_inner_norm else None
        self.down_proj = nn.Linear(inner, width)
        self.norm = NodeBatchNorm(width, eps, momentum)
        self.dropout = config.dropout
        self.is_last = is_last

    def own(self, nodes: torch.Tensor) -> torch.Tensor:
        """What an atom keeps of itself, as a new tensor: (N, D) -> (N, D)."""
        raise NotImplementedError

    def message(self, sources: torch.Tensor, bonds: torch.Tensor) -> torch.Tensor:
        """What travels along each directed bond; `bonds` may be written over: (E, D), (E, D) -> (E, D)."""
        raise NotImplementedError

    def mix(
        self, nodes: torch.Tensor, edge_index: torch.Tensor, bonds: torch.Tensor, features: torch.Tensor | None = None
    ) -> torch.Tensor:
        """What the MLP reads, an atom's own part and the sum of its messages: (N, D), (2, E), (E,) -> (N, D)."""
        source, target = edge_index
        embedded = self.bond_embedding.look_up(bonds)
        if self.edge_projection is not None and features is not None:
            embedded = embedded + self.edge_projection(features.to(self.edge_projection.weight.dtype))
        messages = self.message(nodes.index_select(0, source), embedded)
        own = self.own(nodes)
        return own.index_add_(0, target, messages.to(own.dtype))

    def forward(
        self, nodes: torch.Tensor, edge_index: torch.Tensor, bonds: torch.Tensor, features: torch.Tensor | None = None
    ) -> torch.Tensor:
        """(N, D) node states of level l -> (N, D) node states of level l + 1.

        Args:
            nodes: (N, D).
            edge_index: (2, E).
            bonds: from `FeatureEmbedding.prepare`.
            features: (E, F) continuous numbers of edges; not of bonds.
        """
        inner = normed_linear(self.mix(nodes, edge_index, bonds, features), self.up_proj, self.inner_norm)
        nodes = normed_linear(F.relu(inner), self.down_proj, self.norm)
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

    def own(self, nodes: torch.Tensor) -> torch.Tensor:
        """(1 + eps) h_i."""
        return (1 + self.eps) * nodes

    def message(self, sources: torch.Tensor, bonds: torch.Tensor) -> torch.Tensor:
        """ReLU(h_j + e_ij)."""
        return F.relu_(bonds.add_(sources))


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

    def own(self, nodes: torch.Tensor) -> torch.Tensor:
        """h_i + e_ii."""
        loop_ids = torch.zeros(1, len(self.bond_embedding.tables), dtype=torch.long, device=nodes.device)
        loop_ids[:, 0] = self.self_loop_bond_type
        return nodes + self.bond_embedding(loop_ids)

    def message(self, sources: torch.Tensor, bonds: torch.Tensor) -> torch.Tensor:
        """h_j + e_ij."""
        return bonds.add_(sources)


LAYERS: dict[str, type[MessagePassingLayer]] = {"moleculestm": GINLayer, "graphcl": GraphCLLayer}
