"""The multi-level projector as one would write it first: a padded batch, a loop over the levels, PyTorch's attention.

The slow side of `benchmarks/projector.py` and what the fast one has to equal. Up to the graph tokens before the MLP,
which both would share. Padding is made once for all levels, masks are boolean, and no attention weights are asked for,
so that PyTorch takes its fused attention.
"""

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

from modeling_llamo.packing import GraphBatch
from modeling_llamo.projector import MultiLevelProjector
from modeling_llamo.projector.attention import QueryAttention


class ReferenceProjector(nn.Module):
    """Reads tokens from padded molecules with the weights of a `MultiLevelProjector`.

    Args:
        projector: whose weights are copied.
    """

    def __init__(self, projector: MultiLevelProjector):
        super().__init__()
        self.level_queries = nn.Parameter(projector.level_queries.detach().clone())
        self.motif_queries = nn.Parameter(projector.motif_queries.detach().clone())
        self.motif_embedding = nn.Linear(*reversed(projector.motif_embedding.weight.shape), bias=False)
        self.motif_embedding.load_state_dict(projector.motif_embedding.state_dict())
        self.level_attentions = nn.ModuleList(multi_head_attentions(projector.level_attention))
        self.motif_attention = multi_head_attentions(projector.motif_attention)[0]

    def forward(self, levels: tuple[torch.Tensor, ...], graphs: GraphBatch) -> torch.Tensor:
        """(G, K, D) tokens, motifs last."""
        assert graphs.motif_features is not None and graphs.motif_counts is not None
        sizes = graphs.node_counts.tolist()
        padding = padding_mask(graphs.node_counts)
        tokens = []
        for queries, attention, nodes in zip(self.level_queries, self.level_attentions, levels, strict=True):
            dense = pad_sequence(torch.split(nodes, sizes), batch_first=True)
            tokens.append(attend(attention, queries, dense, padding))
        motifs = torch.split(self.motif_embedding(graphs.motif_features), graphs.motif_counts.tolist())
        # A molecule without functional groups reads zeros here, and its tokens are replaced below.
        padding = padding_mask(graphs.motif_counts) & (graphs.motif_counts > 0).unsqueeze(1)
        read = attend(self.motif_attention, self.motif_queries, pad_sequence(motifs, batch_first=True), padding)
        tokens.append(torch.where((graphs.motif_counts > 0)[:, None, None], read, self.motif_queries))
        return torch.cat(tokens, dim=1)


def padding_mask(counts: torch.Tensor) -> torch.Tensor:
    """(G, longest) True where a row is padding."""
    return torch.arange(int(counts.max()), device=counts.device) >= counts.unsqueeze(1)


def attend(attention: nn.Module, queries: torch.Tensor, rows: torch.Tensor, padding: torch.Tensor) -> torch.Tensor:
    """Learned queries (Q, D) read padded rows (G, R, D): (G, Q, D)."""
    batch = queries.expand(rows.shape[0], -1, -1)
    return attention(batch, rows, rows, key_padding_mask=padding, need_weights=False)[0]


def multi_head_attentions(stacked: QueryAttention) -> list[nn.MultiheadAttention]:
    """One `nn.MultiheadAttention` for each attention of a stack, with its weights."""
    attentions = []
    for level in range(stacked.query_weight.shape[0]):
        attention = nn.MultiheadAttention(stacked.width, stacked.num_heads, batch_first=True)
        parts = [getattr(stacked, f"{name}_weight")[level] for name in ("query", "key", "value")]
        biases = [getattr(stacked, f"{name}_bias")[level] for name in ("query", "key", "value")]
        with torch.no_grad():
            attention.in_proj_weight.copy_(torch.cat(parts))
            attention.in_proj_bias.copy_(torch.cat(biases))
            attention.out_proj.weight.copy_(stacked.output_weight[level])
            attention.out_proj.bias.copy_(stacked.output_bias[level])
        attentions.append(attention)
    return attentions
