"""The compact model: a small Llama-like decoder, the paper's GIN and multi-level projector, with random weights."""

from dataclasses import dataclass
from typing import Any, cast

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from configuration import LlamoGraphConfig, LlamoProjectorConfig
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoProcessor


@dataclass(frozen=True)
class Size:
    """Sizes of the decoder and of the encoder.

    Attributes:
        width: of the decoder.
        layers: of the decoder.
        heads: of the decoder.
        inner: width of its feed-forward.
        graph_width: of the encoder; the paper's is 300.
        mlp_depth: of the projector.
        dropout: of the decoder's attention and of the encoder's node features.
    """

    width: int = 384
    layers: int = 6
    heads: int = 6
    inner: int = 768
    graph_width: int = 300
    mlp_depth: int = 2
    dropout: float = 0.0


def build(
    processor: LlamoProcessor,
    size: Size,
    *,
    seed: int,
    projector: dict[str, Any] | None = None,
    graph: dict[str, Any] | None = None,
) -> LlamoForConditionalGeneration:
    """A model with random weights for the processor's tokenizer.

    Args:
        processor: of the model; its number of graph tokens is set.
        size: see there.
        seed: of the weights.
        projector: fields of `LlamoProjectorConfig`, for comparisons; default the paper's.
        graph: fields of `LlamoGraphConfig`, for comparisons; default the paper's.
    """
    tokenizer = processor.tokenizer
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=size.width,
        intermediate_size=size.inner,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        max_position_embeddings=1024,
        attention_dropout=size.dropout,
        tie_word_embeddings=True,
        bos_token_id=cast(int, tokenizer.bos_token_id),
        eos_token_id=cast(int, tokenizer.eos_token_id),
        pad_token_id=cast(int, tokenizer.pad_token_id),
    )
    model = LlamoForConditionalGeneration.from_components(
        LlamaForCausalLM(config),
        LlamoGraphConfig(**{"hidden_size": size.graph_width, "dropout": size.dropout, **(graph or {})}),
        LlamoProjectorConfig(**{"mlp_depth": size.mlp_depth, **(projector or {})}),
        graph_token_id=processor.graph_token_id,
    )
    processor.num_graph_tokens = model.config.num_graph_tokens
    return model
