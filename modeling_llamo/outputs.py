"""What LLaMo's forwards return."""

from dataclasses import dataclass

import torch
from transformers.modeling_outputs import BaseModelOutputWithPast, BaseModelOutputWithPooling, CausalLMOutputWithPast


@dataclass
class LlamoGraphFeatures(BaseModelOutputWithPooling):
    """Encoded molecules.

    Attributes:
        last_hidden_state: (N, D) node states of the last encoder layer.
        pooler_output: graph tokens, (G, K, d), or G tensors (K_g, d) where K depends on the molecule.
        hidden_states: L + 1 tensors (N, D), every level of node states.
    """

    pooler_output: torch.Tensor | tuple[torch.Tensor, ...] | None = None


@dataclass
class LlamoModelOutputWithPast(BaseModelOutputWithPast):
    """Decoder output, and the graph tokens that went in (`graph_hidden_states`, (all tokens, d))."""

    graph_hidden_states: torch.Tensor | None = None


@dataclass
class LlamoCausalLMOutputWithPast(CausalLMOutputWithPast):
    """Loss and logits, and the graph tokens that went in (`graph_hidden_states`, (all tokens, d))."""

    graph_hidden_states: torch.Tensor | None = None
