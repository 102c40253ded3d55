"""Building a new LLaMo from a language model and an encoder that exist already."""

import copy
from typing import TYPE_CHECKING, cast

import torch
from torch import nn
from transformers import PreTrainedModel

from configuration import LlamoConfig, LlamoGraphConfig, LlamoProjectorConfig
from modeling_llamo.graph_encoder import LlamoGraphEncoder
from modeling_llamo.projector import build_projector
from modeling_llamo.text import embedding_width, load_text_model

if TYPE_CHECKING:
    from modeling_llamo.model import LlamoForConditionalGeneration


def assemble(
    model_class: "type[LlamoForConditionalGeneration]",
    text_model: PreTrainedModel | str,
    graph_encoder: LlamoGraphEncoder | LlamoGraphConfig | str | None,
    projector_config: LlamoProjectorConfig | dict | None,
    graph_token_id: int | None,
) -> "LlamoForConditionalGeneration":
    """See `LlamoForConditionalGeneration.from_components`."""
    if not isinstance(text_model, PreTrainedModel):
        text_model = load_text_model(text_model)
    encoder_config = graph_encoder
    if graph_encoder is not None and not isinstance(graph_encoder, LlamoGraphEncoder | LlamoGraphConfig):
        graph_encoder = LlamoGraphEncoder.from_pretrained(graph_encoder)
    if isinstance(graph_encoder, LlamoGraphEncoder):
        encoder_config = graph_encoder.config
    vocab_size = cast(nn.Embedding, text_model.get_input_embeddings()).num_embeddings
    token_id = vocab_size if graph_token_id is None else graph_token_id
    if token_id >= vocab_size:
        text_model.resize_token_embeddings(token_id + 1)
    config = LlamoConfig(
        graph_config=encoder_config,
        projector_config=projector_config,
        text_config=text_model.config,
        graph_token_id=token_id,
    )
    with torch.device("meta"):  # a second language model is never allocated
        model = model_class(config)
    _adopt_text_model(model, text_model)
    if not isinstance(graph_encoder, LlamoGraphEncoder):
        graph_encoder = LlamoGraphEncoder(config.graph_config)
    _add_graph_side(model, graph_encoder)
    if text_model.can_generate():
        model.generation_config = copy.deepcopy(text_model.generation_config)
    return model.train(text_model.training)


def _adopt_text_model(model: "LlamoForConditionalGeneration", text_model: PreTrainedModel):
    """Puts the language model's own decoder and head into LLaMo."""
    expected = type(model.model.language_model)
    head, decoder = text_model.get_output_embeddings(), text_model.base_model
    if not isinstance(head, nn.Linear) or not isinstance(decoder, expected):
        raise ValueError(
            f"expected a causal language model around {expected.__name__}, got {type(text_model).__name__}"
        )
    model.model.language_model = decoder
    model.lm_head = head


def _add_graph_side(model: "LlamoForConditionalGeneration", graph_encoder: LlamoGraphEncoder):
    """Puts the encoder and a fresh projector beside the language model, on its device, in float32."""
    with torch.device("cpu"):
        projector = build_projector(model.config, embedding_width(model.model.language_model))
    projector.apply(model._init_weights)
    device = cast(nn.Linear, model.lm_head).weight.device
    model.model.projector = projector.to(device=device, dtype=torch.float32)
    model.model.graph_encoder = graph_encoder
    cast(nn.Module, graph_encoder).to(device=device, dtype=torch.float32)
