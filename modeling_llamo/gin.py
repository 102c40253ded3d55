"""Layers of the Graph Isomorphism Network on packed graphs. Knows tensors only: no molecule, no file.

Shapes: N atoms in the batch, E directed bonds, D width.
"""

from typing import cast

import torch
from torch import nn
from torch.nn import functional as F

from configuration import LlamoGraphConfig


class FeatureEmbedding(nn.Module):
    """Sum of one embedding per categorical feature column: (R, columns) ids -> (R, D)."""

    def __init__(self, vocab_sizes: list[int], width: int):
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(size, width) for size in vocab_sizes)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        embedding = self.tables[0](ids[:, 0])
        for column, table in enumerate(self.tables[1:], start=1):
            embedding = embedding + table(ids[:, column])
        return embedding


class NodeBatchNorm(nn.BatchNorm1d):
    """BatchNorm over all atoms of the batch.

    In training a batch that holds one single atom has no variance; PyTorch refuses it, here the running statistics
    stand in.
    """

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        if self.training and input.shape[0] == 1:
            return F.batch_norm(input, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)
        return super().forward(input)


class GINLayer(nn.Module):
    """One bond-aware GIN layer with learnable epsilon (How Powerful are Graph Neural Networks?, arXiv 1810.00826).

    z_i = MLP((1 + eps) h_i + sum_{j in N(i)} ReLU(h_j + e_ij)), then BatchNorm; ReLU except after the last layer.
    """

    def __init__(self, config: LlamoGraphConfig, *, is_last: bool):
        super().__init__()
        width, inner = config.hidden_size, cast(int, config.intermediate_size)
        eps, momentum = config.batch_norm_eps, config.batch_norm_momentum
        self.bond_embedding = FeatureEmbedding(config.bond_vocab_sizes, width)
        self.eps = nn.Parameter(torch.zeros(1))
        self.up_proj = nn.Linear(width, inner)
        self.inner_norm = NodeBatchNorm(inner, eps, momentum)
        self.down_proj = nn.Linear(inner, width)
        self.norm = NodeBatchNorm(width, eps, momentum)
        self.dropout = config.dropout
        self.is_last = is_last

    def aggregate(self, nodes: torch.Tensor, edge_index: torch.Tensor, edge_ids: torch.Tensor) -> torch.Tensor:
        """Sum of the messages ReLU(h_j + e_ij) that reach each atom: (N, D), (2, E), (E, columns) -> (N, D)."""
        source, target = edge_index
        messages = F.relu(nodes[source] + self.bond_embedding(edge_ids))
        return torch.zeros_like(nodes).index_add(0, target, messages.to(nodes.dtype))

    def forward(self, nodes: torch.Tensor, edge_index: torch.Tensor, edge_ids: torch.Tensor) -> torch.Tensor:
        """(N, D) node states of level l -> (N, D) node states of level l + 1."""
        mixed = (1 + self.eps) * nodes + self.aggregate(nodes, edge_index, edge_ids)
        nodes = self.norm(self.down_proj(F.relu(self.inner_norm(self.up_proj(mixed)))))
        nodes = nodes if self.is_last else F.relu(nodes)
        return F.dropout(nodes, self.dropout, self.training)
