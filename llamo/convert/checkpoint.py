"""A checkpoint of the released code, opened without reading it: plain names, with LoRA apart."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import torch

from llamo.convert.names import PREFIX
from modeling_llamo.foreign_weights import read_state_dict

WRAPPED = "language_model.base_model.model."
_LORA = re.compile(r"(.+)\.lora_(A|B)\.([^.]+)\.weight")


@dataclass
class Lora:
    """One LoRA adapter of the language model.

    Attributes:
        pairs: (A, B) per wrapped weight, named as the weight is without LoRA.
        alpha: lora_alpha; the update is alpha / rank * B A.
        dropout: lora_dropout, for training on.
    """

    alpha: float
    dropout: float
    pairs: dict[str, tuple[torch.Tensor, torch.Tensor]] = field(default_factory=dict)

    @property
    def rank(self) -> int:
        """Rows of A."""
        return next(iter(self.pairs.values()))[0].shape[0]

    def merged(self, name: str, weight: torch.Tensor) -> torch.Tensor:
        """The weight with its update added, in float32 where there is one."""
        if name not in self.pairs:
            return weight
        down, up = (matrix.float() for matrix in self.pairs[name])
        return weight.float() + self.alpha / self.rank * (up @ down)


@dataclass
class ReleasedCheckpoint:
    """Tensors by their names without `mllm.` and without LoRA's wrapping; they are mapped from disk, not read.

    Attributes:
        tensors: all tensors but LoRA's.
        lora: the adapter, or None.
    """

    tensors: dict[str, torch.Tensor]
    lora: Lora | None

    @classmethod
    def open(cls, path: str | Path, *, lora_alpha: float = 32, lora_dropout: float = 0.05) -> "ReleasedCheckpoint":
        """Opens a Lightning `.ckpt`, a `.pt` with a state dict, or a `.safetensors` with the same names.

        Args:
            path: the file.
            lora_alpha: no checkpoint holds it; the paper's.
            lora_dropout: as `lora_alpha`.

        Raises:
            ValueError: not such a file, a pickle that needs code, or names that say it is no released checkpoint.
        """
        tensors, lora = {}, Lora(lora_alpha, lora_dropout)
        halves: dict[str, dict[str, torch.Tensor]] = {}
        for raw, tensor in read_state_dict(path).items():
            name = raw.removeprefix(PREFIX)
            if name.startswith(WRAPPED):
                name = f"language_model.{name.removeprefix(WRAPPED)}".replace(".base_layer.", ".")
            if match := _LORA.fullmatch(name):
                halves.setdefault(f"{match[1]}.weight", {})[match[2]] = tensor
            else:
                tensors[name] = tensor
        for name, pair in halves.items():
            if pair.keys() != {"A", "B"} or name not in tensors:
                raise ValueError(f"{path}: LoRA of {name} is incomplete: it needs lora_A, lora_B and the weight itself")
            lora.pairs[name] = (pair["A"], pair["B"])
        if not any(name.startswith("abstractor.") for name in tensors):
            raise ValueError(
                f"{path} is no LLaMo checkpoint: no tensor is named mllm.abstractor.*, got {_some(tensors)}"
            )
        return cls(tensors, lora if lora.pairs else None)


def _some(names) -> str:
    return ", ".join(sorted(names)[:3]) or "nothing"
