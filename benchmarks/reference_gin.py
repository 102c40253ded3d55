"""The graph encoder as one would write it first: PyTorch Geometric's GINE layer, spelled out in plain torch.

The slow side of `benchmarks/encoder.py` and what the fast one has to equal. It works with the encoder's own modules:
a gather per feature column, `index_add` into zeros, every BatchNorm called.
"""

import torch
from torch import nn

from modeling_llamo import LlamoGraphEncoder
from modeling_llamo.packing import GraphBatch


def embed(tables: nn.ModuleList, ids: torch.Tensor) -> torch.Tensor:
    """Sum of one embedding per column."""
    embedding = tables[0](ids[:, 0])
    for column in range(1, len(tables)):
        embedding = embedding + tables[column](ids[:, column])
    return embedding


def plain_gin(encoder: LlamoGraphEncoder, graphs: GraphBatch) -> list[torch.Tensor]:
    """Node states of all levels, L + 1 tensors (N, D)."""
    source, target = graphs.global_edge_index()
    nodes = embed(encoder.atom_embedding.tables, graphs.node_ids)
    levels = [nodes]
    for layer in encoder.layers:
        messages = torch.relu(nodes[source] + embed(layer.bond_embedding.tables, graphs.edge_ids))
        mixed = (1 + layer.eps) * nodes + torch.zeros_like(nodes).index_add(0, target, messages)
        nodes = layer.norm(layer.down_proj(torch.relu(layer.inner_norm(layer.up_proj(mixed)))))
        nodes = nodes if layer.is_last else torch.relu(nodes)
        levels.append(nodes)
    return levels
