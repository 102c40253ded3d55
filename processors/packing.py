"""Batches without padding: samples one behind the other in a single row. Knows no model and no molecule."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from processors.collator import LlamoDataCollator
from processors.example import IGNORED_LABEL


@dataclass
class LlamoPackingCollator(LlamoDataCollator):
    """Packs training examples into one row for `Trainer`; samples do not see each other.

    Takes what `LlamoDataCollator` takes and teaches the same, with no token of padding. There is no `attention_mask`:
    the model finds the samples by their `position_ids`, which begin at 0 in each. Language models that cannot
    (OPT, BLOOM, MPT, recurrent ones) are refused by the model.

    Attributes:
        flash: also gives what flash attention otherwise finds out anew in every layer (`cu_seq_lens_q`,
            `cu_seq_lens_k`, `max_length_q`, `max_length_k`).
        pad_to_multiple_of: rounds the length up, by a sample of pad tokens without labels.
    """

    flash: bool = False

    def __post_init__(self):
        if self.for_generation or self.padding_side != "right":
            raise ValueError("packed rows are for training and have no padding side; use LlamoDataCollator for others")

    def _pad_text(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        for row, example in enumerate(examples):
            if not len(example["input_ids"]) or not all(example.get("attention_mask", (1,))):
                raise ValueError(f"row {row}: it is empty or padded; give examples without padding")
        ids = [np.asarray(example["input_ids"]) for example in examples]
        labels = [np.asarray(example.get("labels", example["input_ids"])) for example in examples]
        if fill := -sum(map(len, ids)) % (self.pad_to_multiple_of or 1):
            ids.append(np.full(fill, self.processor.tokenizer.pad_token_id))
            labels.append(np.full(fill, IGNORED_LABEL))
        return _pack_text(ids, labels) | (_borders([len(row) for row in ids]) if self.flash else {})


def _pack_text(ids: list[np.ndarray], labels: list[np.ndarray]) -> dict[str, torch.Tensor]:
    """One row (1, T) of each; no sample predicts the first token of the next."""
    positions = np.concatenate([np.arange(len(row)) for row in ids])
    targets = np.where(positions == 0, IGNORED_LABEL, np.concatenate(labels))
    rows = {"input_ids": np.concatenate(ids), "labels": targets, "position_ids": positions}
    return {name: torch.from_numpy(row).to(torch.long).unsqueeze(0) for name, row in rows.items()}


def _borders(lengths: list[int]) -> dict[str, torch.Tensor | int]:
    """Where samples begin and end, (samples + 1,), and the longest length, by flash attention's names."""
    borders = torch.tensor([0, *np.cumsum(lengths)], dtype=torch.int32)
    longest = max(lengths)
    return {"cu_seq_lens_q": borders, "cu_seq_lens_k": borders, "max_length_q": longest, "max_length_k": longest}
