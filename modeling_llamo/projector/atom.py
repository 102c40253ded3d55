"""MLP projectors: each atom of one or several encoder levels becomes a token. Comparison points of the paper."""

import torch
from torch import nn

from configuration import LlamoConfig
from modeling_llamo.packing import GraphBatch
from modeling_llamo.projector.base import GraphAttention, GraphProjector, TokenMLP


class AtomProjector(GraphProjector):
    """One-to-one MLP on node states: of one level, of levels concatenated, of their maximum or a learned weighted sum.

    `mlp`:          H = MLP(Z(l))
    `mlp_concat`:   H = MLP([Z(l1) | Z(l2) | ..])
    `mlp_max`:      H = MLP(max_l Z(l)), each number by itself
    `weighted_sum`: H = MLP(sum_l softmax(w)_l Z(l)), the scalar mix of ELMo (arXiv 1802.05365, equation 1)

    `mlp_concat` and `mlp_max` are the skip connections of Jumping Knowledge Networks (arXiv 1806.03536, section 4).
    """

    def __init__(self, config: LlamoConfig, text_width: int):
        super().__init__()
        projector, width = config.projector_config, config.graph_config.hidden_size
        self.levels = projector.levels(config.graph_config.num_levels)
        self.projector_type = projector.projector_type
        self.pool = projector.pooling == "mean"
        if self.projector_type == "weighted_sum":
            self.level_weights = nn.Parameter(torch.empty(len(self.levels)))
        in_width = width * len(self.levels) if self.projector_type == "mlp_concat" else width
        self.mlp = TokenMLP(config, in_width, text_width)

    def select(self, levels: tuple[torch.Tensor, ...]) -> torch.Tensor:
        """The node states the MLP reads: (N, D) or (N, levels D)."""
        chosen = [levels[level] for level in self.levels]
        if self.projector_type == "weighted_sum":
            shares = self.level_weights.softmax(0).to(chosen[0].dtype)
            return torch.einsum("lnd,l->nd", torch.stack(chosen), shares)
        if self.projector_type == "mlp_max":
            return torch.stack(chosen).amax(0)
        return torch.cat(chosen, dim=-1)

    def forward(self, levels: tuple[torch.Tensor, ...], graphs: GraphBatch) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """One (atoms, d) tensor per molecule, or (G, 1, d) with mean pooling; see `GraphProjector.forward`."""
        rows = self.select(levels)
        if self.pool:
            return self.mlp(graphs.segments().mean(rows)).unsqueeze(1)
        return torch.split(self.mlp(rows), graphs.node_counts.tolist())

    def attention(self, levels: tuple[torch.Tensor, ...], graphs: GraphBatch) -> list[GraphAttention]:
        """Each token is its atom, or with mean pooling all atoms alike; see `GraphProjector.attention`."""
        level = self.levels[0] if len(self.levels) == 1 else None
        found = []
        for size in graphs.node_counts.tolist():
            atoms = torch.full((1, size), 1 / size) if self.pool else torch.eye(size)
            atoms = atoms.unsqueeze(1).to(levels[0].device)
            found.append(GraphAttention((level,) * len(atoms), atoms, atoms[..., :0]))
        return found
