"""What a stage leaves: a model folder, or an adapter with everything beside the language model, and both merged."""

import shutil
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, PreTrainedModel, Trainer

from llamo.whole_files import part_of, put_in_place
from processors import LlamoProcessor


def save_model(model: PreTrainedModel, processor: LlamoProcessor, folder: Path):
    """A folder that `AutoModel` and `AutoProcessor` load."""
    part = part_of(folder)
    shutil.rmtree(part, ignore_errors=True)
    model.save_pretrained(part)
    processor.save_pretrained(part)
    put_in_place(folder)


def save_trained(trainer: Trainer, processor: LlamoProcessor, folder: Path, *, base: Path | None):
    """What a trainer has trained, gathered from all processes, each of which must come here.

    A model, or of a PEFT model LoRA matrices and the other parts that trained: `AutoModel.from_pretrained(folder)`
    loads either.

    Args:
        trainer: after training.
        processor: saved beside it.
        folder: where to.
        base: of a PEFT model: the model folder the adapter belongs on; its path is kept in the adapter.
    """
    if base is not None:
        model: Any = trainer.accelerator.unwrap_model(trainer.model)
        model.peft_config["default"].base_model_name_or_path = str(base.resolve())
    part = part_of(folder)
    if trainer.is_world_process_zero():
        shutil.rmtree(part, ignore_errors=True)
    trainer.accelerator.wait_for_everyone()
    trainer.save_model(str(part))
    if trainer.is_world_process_zero():
        (part / "training_args.bin").unlink(missing_ok=True)  # a pickle
        processor.save_pretrained(part)
        put_in_place(folder)
    trainer.accelerator.wait_for_everyone()


def merge_adapter(adapter: Path, base: Path, processor: LlamoProcessor, output: Path, *, dtype: torch.dtype):
    """The base with the adapter merged into it, as an ordinary model folder. Both are read anew from disk."""
    from peft import PeftModel

    model = PeftModel.from_pretrained(AutoModel.from_pretrained(base, dtype=dtype), str(adapter))
    save_model(model.merge_and_unload(), processor, output)  # type: ignore[operator]
