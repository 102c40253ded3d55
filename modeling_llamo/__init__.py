"""LLaMo's model: graph encoder - projector - language model. Knows tensors only: no RDKit, no tokenizer, no files."""

from modeling_llamo.graph_encoder import LlamoGraphEncoder
from modeling_llamo.model import LlamoForConditionalGeneration, LlamoModel, LlamoPreTrainedModel
from modeling_llamo.outputs import LlamoCausalLMOutputWithPast, LlamoGraphFeatures, LlamoModelOutputWithPast

__all__ = [
    "LlamoCausalLMOutputWithPast",
    "LlamoForConditionalGeneration",
    "LlamoGraphEncoder",
    "LlamoGraphFeatures",
    "LlamoModel",
    "LlamoModelOutputWithPast",
    "LlamoPreTrainedModel",
]
