"""Keeps the samples of a packed row apart. Knows which decoders of transformers can, and what they need for it.

A packed row holds several samples, one behind the other; `position_ids` (1, T) begin at 0 again where a sample begins.
"""

import inspect
from typing import Any

import torch
from transformers import PreTrainedModel
from transformers.cache_utils import Cache

# Decoders that take `position_ids` but make their attention mask without them (read in transformers 5.24).
_BLIND = {"biogpt", "ctrl", "openai-gpt", "opt", "xglm", "xlnet"}


def can_pack(decoder: PreTrainedModel) -> bool:
    """Whether a decoder sees from `position_ids` where a sample begins.

    Not so with ALiBi (BLOOM, MPT), with a recurrent state (Mamba, Jamba, ..), and with the few others named above.
    """
    if decoder._is_stateful or decoder.config.model_type in _BLIND:
        return False
    return "position_ids" in inspect.signature(decoder.forward).parameters


def keep_samples_apart(
    decoder: PreTrainedModel,
    options: dict[str, Any],
    *,
    attention_mask: torch.Tensor | None,
    position_ids: torch.Tensor | None,
    cache: Cache | None,
) -> dict[str, Any]:
    """The decoder's options, with `use_cache=False` where nobody asked for a cache and none is of use.

    transformers looks for samples in `position_ids` only without attention mask and without cache, and a decoder makes
    a cache unless told not to: samples would see each other, without a word. So none is made in training, nor where
    positions come without a mask.

    Raises:
        ValueError: the row is packed, and a cache was asked for or the decoder cannot keep samples apart.
    """
    may_be_packed = position_ids is not None and attention_mask is None
    if cache is not None or not (may_be_packed or decoder.training):
        return options
    if options.get("use_cache") is None:
        options = {**options, "use_cache": False}
    if position_ids is None or not may_be_packed:
        return options
    can = can_pack(decoder)
    if (options["use_cache"] or not can) and bool((position_ids.diff(dim=-1) != 1).any()):
        reason = "use_cache=True" if can else f"a language model of type {decoder.config.model_type!r}"
        remedy = "leave use_cache off" if can else "pad the samples (LlamoDataCollator)"
        raise ValueError(f"the samples of a packed row would see each other with {reason}; {remedy}")
    return options
