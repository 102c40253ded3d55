"""The multi-level graph projector of LLaMo: learned queries read every encoder level and the functional groups.

Shapes: G graphs, N atoms, M motifs in the batch, L encoder layers, b queries per level, D encoder width, d text width.
"""

import torch
from torch import nn

from configuration import LlamoConfig
from modeling_llamo.packing import GraphBatch, Segments
from modeling_llamo.projector.attention import QueryAttention
from modeling_llamo.projector.base import GraphAttention, GraphProjector, TokenMLP


class MultiLevelProjector(GraphProjector):
    """Multi-level graph projector (arXiv 2411.00871, section 3.2).

    P_hat(l)     = CrossAttention_l(query = P(l),     key = value = Z(l)),  l = 0 .. L
    P_hat(motif) = CrossAttention_m(query = P(motif), key = value = Z_motif)
    H_graph      = MLP([P_hat(0) .. P_hat(L), P_hat(motif)])

    Z_motif is a linear map of one count vector per functional group. A molecule without groups keeps its motif queries
    untouched. The released code shares one cross-attention between the levels and puts motif tokens first; both are
    switches of the config.
    """

    def __init__(self, config: LlamoConfig, text_width: int):
        super().__init__()
        projector, width = config.projector_config, config.graph_config.hidden_size
        num_levels, heads = config.graph_config.num_levels, projector.num_attention_heads
        self.motif_first = projector.motif_position == "first"
        self.num_motif_queries = projector.num_motif_query_tokens
        self.level_queries = nn.Parameter(torch.empty(num_levels, projector.num_query_tokens, width))
        self.level_attention = QueryAttention(width, heads, 1 if projector.share_attention else num_levels)
        if self.num_motif_queries:
            self.motif_queries = nn.Parameter(torch.empty(self.num_motif_queries, width))
            self.motif_embedding = nn.Linear(projector.motif_vocab_size, width, bias=False)
            self.motif_attention = QueryAttention(width, heads, 1)
        self.mlp = TokenMLP(config, width, text_width)

    def level_rows(self, levels: tuple[torch.Tensor, ...]) -> torch.Tensor:
        """The keys and values of level queries: (L + 1, N, D)."""
        return torch.stack(levels).to(self.level_queries.dtype)

    def motif_rows(self, graphs: GraphBatch) -> tuple[torch.Tensor, Segments]:
        """The keys and values of motif queries, (1, M, D), and the molecule of each.

        Raises:
            ValueError: the batch has no motif tensors.
        """
        if graphs.motif_features is None or graphs.motif_counts is None:
            raise ValueError(
                "graph_motif_features and graph_motif_counts are missing: this projector has motif queries; build the "
                "inputs with LlamoProcessor, or set projector_config.num_motif_query_tokens=0"
            )
        motifs = self.motif_embedding(graphs.motif_features.to(self.motif_embedding.weight.dtype))
        return motifs.unsqueeze(0), Segments.from_counts(graphs.motif_counts, motifs.shape[0])

    def read_levels(self, levels: tuple[torch.Tensor, ...], graphs: GraphBatch) -> torch.Tensor:
        """P_hat(0) .. P_hat(L): (G, (L + 1) b, D), level 0 first."""
        tokens = self.level_attention(self.level_queries, self.level_rows(levels), graphs.segments())
        return tokens.transpose(0, 1).flatten(1, 2)

    def read_motifs(self, graphs: GraphBatch) -> torch.Tensor:
        """P_hat(motif): (G, motif queries, D)."""
        rows, segments = self.motif_rows(graphs)
        untouched = self.motif_queries.expand(graphs.num_graphs, -1, -1)
        tokens = self.motif_attention(self.motif_queries.unsqueeze(0), rows, segments)[0]
        return torch.where((segments.counts > 0)[:, None, None], tokens, untouched)

    def read(self, levels: tuple[torch.Tensor, ...], graphs: GraphBatch) -> torch.Tensor:
        """All tokens before LayerNorm and MLP: (G, K, D)."""
        tokens = [self.read_levels(levels, graphs)]
        if self.num_motif_queries:
            tokens.insert(0 if self.motif_first else 1, self.read_motifs(graphs))
        return torch.cat(tokens, dim=1)

    def forward(self, levels: tuple[torch.Tensor, ...], graphs: GraphBatch) -> torch.Tensor:
        """(G, K, d); see `GraphProjector.forward`."""
        return self.mlp(self.read(levels, graphs))

    def attention(self, levels: tuple[torch.Tensor, ...], graphs: GraphBatch) -> list[GraphAttention]:
        """See `GraphProjector.attention`. Motif tokens of a molecule without motifs read nothing."""
        weights = self.level_attention.attention_weights(self.level_queries, self.level_rows(levels), graphs.segments())
        by_atoms = self._by_token(weights, self.level_attention).split(graphs.node_counts.tolist(), dim=2)
        names = tuple(level for level in range(len(levels)) for _ in range(self.level_queries.shape[1]))
        if not self.num_motif_queries:
            return [GraphAttention(names, atoms, atoms[..., :0]) for atoms in by_atoms]
        rows, segments = self.motif_rows(graphs)
        weights = self.motif_attention.attention_weights(self.motif_queries.unsqueeze(0), rows, segments)
        by_motifs = self._by_token(weights, self.motif_attention).split(segments.counts.tolist(), dim=2)
        none = (None,) * self.num_motif_queries
        names = none + names if self.motif_first else names + none
        before, after = (len(none), 0) if self.motif_first else (0, len(none))  # motif tokens around those of atoms
        rest = len(names) - len(none)
        return [
            GraphAttention(
                names,
                self._between_zeros(atoms, before, after),
                self._between_zeros(motifs, rest if after else 0, rest if before else 0),
            )
            for atoms, motifs in zip(by_atoms, by_motifs, strict=True)
        ]

    @staticmethod
    def _between_zeros(weights: torch.Tensor, before: int, after: int) -> torch.Tensor:
        """(A, H, N) -> (before + A + after, H, N), also where N is 0, which `F.pad` refuses in older torch."""
        zeros = weights.new_zeros(1, *weights.shape[1:])
        return torch.cat([zeros.expand(before, -1, -1), weights, zeros.expand(after, -1, -1)])

    @staticmethod
    def _by_token(weights: torch.Tensor, attention: QueryAttention) -> torch.Tensor:
        """(A, N, H Q) -> (A Q, H, N)."""
        return weights.unflatten(2, (attention.num_heads, -1)).permute(0, 3, 2, 1).flatten(0, 1)
