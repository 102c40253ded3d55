"""What a stage leaves: a model folder, or an adapter with everything beside the language model, and both merged."""

from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, PreTrainedModel

from processors import LlamoProcessor


def save_model(model: PreTrainedModel, processor: LlamoProcessor, folder: Path):
    """A folder that `AutoModel` and `AutoProcessor` load."""
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def save_adapter(adapted: Any, processor: LlamoProcessor, folder: Path, *, base: Path):
    """LoRA matrices and the other parts that trained, with the processor; `AutoModel.from_pretrained(folder)` loads it.

    Args:
        adapted: a PEFT model.
        processor: saved beside it.
        folder: where to.
        base: the model folder the adapter belongs on; its path is kept in the adapter.
    """
    adapted.peft_config["default"].base_model_name_or_path = str(base.resolve())
    adapted.save_pretrained(folder)
    processor.save_pretrained(folder)


def merge_adapter(adapter: Path, base: Path, processor: LlamoProcessor, output: Path, *, dtype: torch.dtype):
    """The base with the adapter merged into it, as an ordinary model folder. Both are read anew from disk."""
    from peft import PeftModel

    model = PeftModel.from_pretrained(AutoModel.from_pretrained(base, dtype=dtype), str(adapter))
    save_model(model.merge_and_unload(), processor, output)  # type: ignore[operator]
