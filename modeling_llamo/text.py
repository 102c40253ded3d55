"""The causal language model inside LLaMo: its decoder, its head, and what it does to logits.

LLaMo keeps the decoder and the head apart (as LLaVA does), so everything a causal-LM class of transformers adds after
the decoder has to be found out here: the head's bias and width, the name of the tied embedding, and logit transforms.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn
from transformers import AutoModel, AutoModelForCausalLM, PreTrainedConfig, PreTrainedModel

from modeling_llamo.safe_weights import AGAIN, listed


def build_decoder(text_config: PreTrainedConfig) -> PreTrainedModel:
    """The decoder of the language model, without its head."""
    return AutoModel.from_config(text_config)


def load_text_model(place: str | Path, **options: Any) -> PreTrainedModel:
    """A whole causal language model of transformers, from a folder or Hub id.

    Raises:
        ValueError: some of its weights are not there, which transformers would fill with fresh ones.
    """
    loaded: Any = AutoModelForCausalLM.from_pretrained(place, output_loading_info=True, **options)
    model, found = loaded
    if missing := found["missing_keys"]:
        raise ValueError(f"{place}: the language model saved there lacks {listed(missing)}; {AGAIN}")
    return model


def build_head(text_config: PreTrainedConfig) -> nn.Linear:
    """A fresh output layer shaped like the causal-LM class's own (GPT-J and Phi have a bias, OPT another width)."""
    with torch.device("meta"):
        head = AutoModelForCausalLM.from_config(text_config).get_output_embeddings()
    if not isinstance(head, nn.Linear):
        raise ValueError(
            f"text_config of type {text_config.model_type!r} has no linear output layer; pass a causal language model"
        )
    return nn.Linear(head.in_features, head.out_features, bias=head.bias is not None)


def decoder_name(text_config: PreTrainedConfig) -> str:
    """Attribute of the decoder in the causal-LM class (`model`, `transformer`, ..)."""
    causal: Any = AutoModelForCausalLM._model_mapping[type(text_config)]  # type: ignore[attr-defined]
    return causal.base_model_prefix


def embedding_width(decoder: PreTrainedModel) -> int:
    """Width of the token embedding, which is not the hidden size in every family (OPT)."""
    return cast(nn.Embedding, decoder.get_input_embeddings()).embedding_dim


def embedding_name(decoder: PreTrainedModel) -> str:
    """Dotted name of the token embedding inside the decoder (`embed_tokens`, `wte`, `decoder.embed_tokens`, ..)."""
    embedding = decoder.get_input_embeddings()
    return next(name for name, module in decoder.named_modules() if module is embedding)


# Logit of the placeholder: far below any other, so that its probability is 0 in float32, but finite, so that label
# smoothing and divergences stay finite too.
NEVER = -1e4


def rule_out(logits: torch.Tensor, token_id: int) -> torch.Tensor:
    """Takes the placeholder `<graph>` out of what the model can say: its row of the head has no meaning."""
    if token_id < logits.shape[-1]:
        logits[..., token_id] = NEVER
    return logits


# Field of a language model's config -> what its causal-LM class does to logits with the value, in this order.
_LOGIT_TRANSFORMS: dict[str, Callable[[torch.Tensor, float], torch.Tensor]] = {
    "logits_scaling": lambda logits, divisor: logits / divisor,  # Granite
    "logit_scale": lambda logits, factor: logits * factor,  # Cohere
    "final_logit_softcapping": lambda logits, cap: torch.tanh(logits / cap) * cap,  # Gemma
}


def transforms_logits(text_config: PreTrainedConfig) -> bool:
    """Whether `transform_logits` does anything."""
    return any(getattr(text_config, name, None) is not None for name in _LOGIT_TRANSFORMS)


def transform_logits(logits: torch.Tensor, text_config: PreTrainedConfig) -> torch.Tensor:
    """What the causal-LM classes do to logits after the head."""
    for name, transform in _LOGIT_TRANSFORMS.items():
        if (value := getattr(text_config, name, None)) is not None:
            logits = transform(logits, value)
    return logits
