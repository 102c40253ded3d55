"""Cross-attention of learned queries over packed rows. Knows tensors only.

Shapes: A levels, S segments (molecules), N rows in the batch, Q queries per level, H heads, D width, h = D / H.
"""

import torch
from torch import nn

from modeling_llamo.packing import Segments, segment_matmul


class QueryAttention(nn.Module):
    """Multi-head cross-attention whose queries are learned, at several levels at once.

    P_hat = Concat_i(softmax(P W_q,i (Z W_k,i)^T / sqrt(h)) Z W_v,i) W_o, the cross-attention of LLaMo
    (arXiv 2411.00871, section 3.2), with biases, without residual or feed-forward.

    The queries do not depend on the input, so W_k is folded into them and W_v is applied after pooling:
    softmax(Z (W_k^T q))^T Z W_v. The same result as attention over projected keys and values, with N x D x D products
    left out. The key bias shifts all scores of a query alike and cancels in the softmax: it has no effect and no
    gradient, and is a buffer only so that checkpoints of `nn.MultiheadAttention` come back as they were.

    Weights are stacked per level (first dim 1 when one attention is shared by all), as parameters rather than
    `nn.Linear`: adapters that wrap linear layers by name cannot take them for the language model's.
    """

    query_weight: nn.Parameter
    query_bias: nn.Parameter
    key_weight: nn.Parameter
    key_bias: torch.Tensor
    value_weight: nn.Parameter
    value_bias: nn.Parameter
    output_weight: nn.Parameter
    output_bias: nn.Parameter

    def __init__(self, width: int, num_heads: int, num_modules: int):
        super().__init__()
        self.num_heads = num_heads
        self.width = width
        for name in ("query", "key", "value", "output"):
            self.register_parameter(f"{name}_weight", nn.Parameter(torch.empty(num_modules, width, width)))
            bias = torch.zeros(num_modules, width)
            if name == "key":
                self.register_buffer("key_bias", bias)
            else:
                self.register_parameter(f"{name}_bias", nn.Parameter(bias))

    def fold(self, queries: torch.Tensor) -> torch.Tensor:
        """Queries in key space, scaled: (A, Q, D) -> (A, H Q, D)."""
        projected = queries @ self.query_weight.transpose(1, 2) + self.query_bias.unsqueeze(1)
        heads = projected.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)  # (A, H, Q, h)
        keys = self.key_weight.unflatten(1, (self.num_heads, -1))  # (1 or A, H, h, D)
        return (heads @ keys).flatten(1, 2) / (self.width // self.num_heads) ** 0.5

    def attention_weights(self, queries: torch.Tensor, rows: torch.Tensor, segments: Segments) -> torch.Tensor:
        """How much each query reads each row: softmax(P W_q,i (Z W_k,i)^T / sqrt(h)), 1 in sum over a segment's rows.

        Args:
            queries: (A, Q, D).
            rows: (A, N, D).
            segments: which segment each row belongs to.

        Returns:
            (A, N, H Q) float32, the queries of the first head first.
        """
        folded = self.fold(queries).to(rows.dtype)
        return segments.softmax(rows @ folded.transpose(1, 2))

    def forward(self, queries: torch.Tensor, rows: torch.Tensor, segments: Segments) -> torch.Tensor:
        """Lets every segment's queries read that segment's rows.

        Args:
            queries: (A, Q, D).
            rows: (A, N, D).
            segments: which segment each row belongs to.

        Returns:
            (A, S, Q, D).
        """
        weights = self.attention_weights(queries, rows, segments).to(rows.dtype)
        pooled = segment_matmul(weights, rows, segments).unflatten(2, (self.num_heads, -1))  # (A, S, H, Q, D)
        return self.project(pooled)

    def project(self, pooled: torch.Tensor) -> torch.Tensor:
        """W_v and W_o on pooled rows: (A, S, H, Q, D) -> (A, S, Q, D). All segments are rows of one product."""
        dtype, (segments, queries) = pooled.dtype, (pooled.shape[1], pooled.shape[3])
        value = self.value_weight.unflatten(1, (self.num_heads, -1)).to(dtype)  # (1 or A, H, h, D)
        bias = self.value_bias.unflatten(1, (self.num_heads, -1)).to(dtype)
        heads = pooled.transpose(1, 2).flatten(2, 3) @ value.transpose(-1, -2) + bias.unsqueeze(2)  # (A, H, S Q, h)
        joined = heads.transpose(1, 2).flatten(2)  # (A, S Q, D)
        output = joined @ self.output_weight.transpose(1, 2).to(dtype) + self.output_bias.unsqueeze(1).to(dtype)
        return output.unflatten(1, (segments, queries))
