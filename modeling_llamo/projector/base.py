"""What every graph projector is: LayerNorm and MLP into the language model's width.

Shapes: G graphs, N atoms in the batch, K tokens, D encoder width, d language-model width.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import torch
from torch import nn
from transformers.activations import ACT2FN

from configuration import LlamoConfig
from modeling_llamo.packing import GraphBatch


class TokenMLP(nn.Module):
    """LayerNorm in float32, Linear(D, d), then `depth - 1` times (activation, Linear(d, d)): (..., D) -> (..., d)."""

    def __init__(self, config: LlamoConfig, in_width: int, text_width: int):
        super().__init__()
        projector = config.projector_config
        self.norm = nn.LayerNorm(in_width, eps=projector.layer_norm_eps)
        widths = [in_width] + [text_width] * projector.mlp_depth
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.activation = ACT2FN[projector.hidden_act]

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        norm = self.norm
        scale, shift = norm.weight.float(), norm.bias.float()
        rows = nn.functional.layer_norm(rows.float(), norm.normalized_shape, scale, shift, norm.eps)
        first = cast(nn.Linear, self.layers[0])
        rows = first(rows.to(first.weight.dtype))
        for layer in self.layers[1:]:
            rows = layer(self.activation(rows))
        return rows


class NoAttentionError(ValueError):
    """A model shows no attention to atoms."""


@dataclass(frozen=True)
class GraphAttention:
    """What the graph tokens of one molecule read: each token, by each head, 1 in sum over atoms and motifs.

    Attributes:
        levels: of each of the K tokens, the encoder level it reads; None for motifs, and for several levels at once.
        atoms: (K, H, atoms).
        motifs: (K, H, motifs).
    """

    levels: tuple[int | None, ...]
    atoms: torch.Tensor
    motifs: torch.Tensor


class GraphProjector(nn.Module):
    """Base of the family: takes every level of node states, gives the tokens of each molecule."""

    def forward(self, levels: tuple[torch.Tensor, ...], graphs: GraphBatch) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Projects node states to tokens.

        Args:
            levels: L + 1 tensors (N, D).
            graphs: the packed molecules they belong to.

        Returns:
            (G, K, d) where every molecule has K tokens, or G tensors (K_g, d) where it depends on its atoms.
        """
        raise NotImplementedError

    def attention(self, levels: tuple[torch.Tensor, ...], graphs: GraphBatch) -> list[GraphAttention]:
        """What the tokens of each molecule read, as in `forward`, one entry per molecule.

        Raises:
            NoAttentionError: in this projector no single step says which atoms a token reads.
        """
        raise NoAttentionError(
            f"the projector {type(self).__name__} mixes atoms in several steps, so attention of its tokens to atoms is "
            "not defined; leave attention out (effects of leaving out atoms need none), or use a multi_level projector"
        )
