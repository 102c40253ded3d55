"""Perceiver resampler on the node states of one encoder level. A comparison point of the paper.

Shapes: G graphs, K queries, R rows of the longest molecule, D encoder width.
"""

import torch
from torch import nn
from torch.nn import functional as F

from configuration import LlamoConfig
from modeling_llamo.packing import GraphBatch, pad_rows
from modeling_llamo.projector.base import GraphProjector, TokenMLP


class ResamplerBlock(nn.Module):
    """Queries attend to atoms and to each other, then a feed-forward; both pre-norm and residual (arXiv 2204.14198)."""

    def __init__(self, config: LlamoConfig):
        super().__init__()
        width, eps = config.graph_config.hidden_size, config.projector_config.layer_norm_eps
        self.num_heads = config.projector_config.num_attention_heads
        self.query_norm = nn.LayerNorm(width, eps=eps)
        self.node_norm = nn.LayerNorm(width, eps=eps)
        self.read_query = nn.Linear(width, width)
        self.read_key_value = nn.Linear(width, 2 * width)
        self.read_output = nn.Linear(width, width)
        self.mlp_norm = nn.LayerNorm(width, eps=eps)
        self.mlp_up = nn.Linear(width, 4 * width)
        self.mlp_down = nn.Linear(4 * width, width)

    def attend(self, queries: torch.Tensor, nodes: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(G, K, D), (G, R, D), (G, R) -> (G, K, D)."""
        queries = self.query_norm(queries)
        context = torch.cat([self.node_norm(nodes), queries], dim=1)
        mask = torch.cat([mask, mask.new_ones(queries.shape[:2])], dim=1)
        key, value = self.read_key_value(context).chunk(2, dim=-1)
        heads = [x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for x in (self.read_query(queries), key, value)]
        mixed = F.scaled_dot_product_attention(*heads, attn_mask=mask[:, None, None])
        return self.read_output(mixed.transpose(1, 2).flatten(2))

    def forward(self, queries: torch.Tensor, nodes: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        queries = queries + self.attend(queries, nodes, mask)
        return queries + self.mlp_down(F.gelu(self.mlp_up(self.mlp_norm(queries))))


class ResamplerProjector(GraphProjector):
    """Learned queries refined by blocks of cross-attention to one level of node states, then LayerNorm and MLP."""

    def __init__(self, config: LlamoConfig, text_width: int):
        super().__init__()
        projector, width = config.projector_config, config.graph_config.hidden_size
        (self.level,) = projector.levels(config.graph_config.num_levels)
        self.queries = nn.Parameter(torch.empty(projector.num_query_tokens, width))
        self.blocks = nn.ModuleList(ResamplerBlock(config) for _ in range(projector.num_hidden_layers))
        self.mlp = TokenMLP(config, width, text_width)

    def forward(self, levels: tuple[torch.Tensor, ...], graphs: GraphBatch) -> torch.Tensor:
        """(G, K, d); see `GraphProjector.forward`."""
        nodes, mask = pad_rows(levels[self.level].to(self.queries.dtype), graphs.segments())
        queries = self.queries.expand(graphs.num_graphs, -1, -1)
        for block in self.blocks:
            queries = block(queries, nodes, mask)
        return self.mlp(queries)
