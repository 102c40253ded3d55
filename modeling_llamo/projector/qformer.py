"""Q-Former on the node states of one encoder level, as in MolCA (arXiv 2310.12798). A comparison point of the paper.

The transformer itself is transformers' BLIP-2 Q-Former; this file gives it molecules. MolCA's own weights (a BERT
with a text branch) do not load here.
"""

import torch
from torch import nn
from transformers import Blip2QFormerConfig, Blip2QFormerModel

from configuration import LlamoConfig
from modeling_llamo.packing import GraphBatch, pad_rows
from modeling_llamo.projector.base import GraphProjector


class QFormerProjector(GraphProjector):
    """Learned queries with self-attention, cross-attention to atoms in every second block, a linear map (BLIP-2)."""

    def __init__(self, config: LlamoConfig, text_width: int):
        super().__init__()
        projector = config.projector_config
        (self.level,) = projector.levels(config.graph_config.num_levels)
        self.qformer = Blip2QFormerModel(
            Blip2QFormerConfig(
                hidden_size=projector.hidden_size,
                num_hidden_layers=projector.num_hidden_layers,
                num_attention_heads=projector.num_attention_heads,
                intermediate_size=4 * projector.hidden_size,
                encoder_hidden_size=config.graph_config.hidden_size,
                hidden_dropout_prob=0.0,
                attention_probs_dropout_prob=0.0,
            )
        )
        self.queries = nn.Parameter(torch.empty(1, projector.num_query_tokens, projector.hidden_size))
        self.output = nn.Linear(projector.hidden_size, text_width)

    def forward(self, levels: tuple[torch.Tensor, ...], graphs: GraphBatch) -> torch.Tensor:
        """(G, K, d); see `GraphProjector.forward`."""
        nodes, mask = pad_rows(levels[self.level].to(self.queries.dtype), graphs.segments())
        queries = self.queries.expand(graphs.num_graphs, -1, -1)
        states = self.qformer(
            query_embeds=queries, encoder_hidden_states=nodes, encoder_attention_mask=mask.to(nodes.dtype)
        )
        return self.output(states.last_hidden_state)
