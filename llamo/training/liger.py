"""Liger's kernels for the language model inside LLaMo; `Trainer` alone looks at the outer type and finds none."""

from typing import Any

from transformers.trainer_utils import unwrap_peft_model
from transformers.utils import logging
from transformers.utils.import_utils import is_liger_kernel_available

logger = logging.get_logger(__name__)
# Losses are ours (`modeling_llamo/fused_loss.py`): the head is not the language model's any more.
_OURS = {"cross_entropy": False, "fused_linear_cross_entropy": False}


def apply_to_text_model(model: Any, options: dict[str, bool] | None = None):
    """Puts the kernels (RMSNorm, rotary embedding, SwiGLU) into the language model, in place.

    Args:
        model: a `LlamoForConditionalGeneration`, with adapters or without.
        options: `liger_kernel_config` of `TrainingArguments`.

    Raises:
        ImportError: Liger is not installed.
    """
    if not is_liger_kernel_available():
        raise ImportError("use_liger_kernel needs Liger: pip install liger-kernel, or leave use_liger_kernel off")
    from liger_kernel.transformers import monkey_patch  # pyright: ignore[reportMissingImports]

    decoder = unwrap_peft_model(model).model.language_model
    kind = decoder.config.model_type
    if kind not in monkey_patch.MODEL_TYPE_TO_APPLY_LIGER_FN:
        logger.warning(f"Liger has no kernels for language models of type {kind!r}; only the fused loss is used")
        return
    monkey_patch._apply_liger_kernel_to_instance(model=decoder, **{**(options or {}), **_OURS})
