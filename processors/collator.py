"""Batches of training examples: padded text, packed graphs, labels. Knows no model and no molecule."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from processors.example import IGNORED_LABEL
from processors.processing import LlamoProcessor


@dataclass
class LlamoDataCollator:
    """Makes a batch of training examples for `Trainer` (with `remove_unused_columns=False`).

    An example is a conversation, `{"messages": [...]}`, or what `LlamoProcessor.encode_conversation` made of one. Rows
    may have any number of molecules, or none.

    Attributes:
        processor: encodes conversations and knows the pad token.
        padding_side: where rows are filled up; training does not care, `right` is usual.
        pad_to_multiple_of: rounds the length up.
        max_length: refused beyond, see `LlamoProcessor`; only for examples that are still conversations.
        for_generation: batches for `generate`: questions padded on the left, and the expected answers as `labels`,
            padded with the pad token on the right to a length of their own.
        drop_earlier_answers: for such batches, see `LlamoProcessor.encode_question`.
    """

    processor: LlamoProcessor
    padding_side: str = "right"
    pad_to_multiple_of: int | None = None
    max_length: int | None = None
    for_generation: bool = False
    drop_earlier_answers: bool = False

    def __call__(self, examples: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Examples -> `input_ids`, `attention_mask`, `labels` (B, T) and packed `graph_*` tensors.

        Raises:
            ValueError: an example is neither a conversation nor encoded, with its row.
        """
        encoded = [self._encode(row, example) for row, example in enumerate(examples)]
        return self._pad_text(encoded) | self._pack_graphs(encoded)

    def _encode(self, row: int, example: dict[str, Any]) -> dict[str, Any]:
        if "input_ids" in example:
            return example
        if "messages" not in example:
            raise ValueError(f"row {row}: expected 'messages' or 'input_ids', got the keys {sorted(example)}")
        messages, limit = example["messages"], self.max_length
        try:
            if self.for_generation:
                drop = self.drop_earlier_answers
                return self.processor.encode_question(messages, drop_earlier_answers=drop, max_length=limit)
            return self.processor.encode_conversation(messages, max_length=limit)
        except ValueError as error:
            raise ValueError(f"example {row} of the batch: {error}") from error

    def _pad_text(self, examples: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        pad = self.processor.tokenizer.pad_token_id
        side = "left" if self.for_generation else self.padding_side
        ids = [example["input_ids"] for example in examples]
        masks = [example.get("attention_mask", [1] * len(example["input_ids"])) for example in examples]
        labels = [example.get("labels", example["input_ids"]) for example in examples]
        return {
            "input_ids": self._pad(ids, pad, side),
            "attention_mask": self._pad(masks, 0, side),
            "labels": self._pad(labels, pad, "right")
            if self.for_generation
            else self._pad(labels, IGNORED_LABEL, side),
        }

    def _pad(self, rows: list, fill: int, side: str) -> torch.Tensor:
        """Rows of different lengths as one (B, T) tensor."""
        longest = max(map(len, rows))
        if self.pad_to_multiple_of:
            longest = -(-longest // self.pad_to_multiple_of) * self.pad_to_multiple_of
        batch = torch.full((len(rows), longest), fill)
        for number, row in enumerate(rows):
            place = slice(longest - len(row), longest) if side == "left" else slice(0, len(row))
            batch[number, place] = torch.as_tensor(row)
        return batch

    def _pack_graphs(self, examples: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        with_graphs = [example for example in examples if example.get("graph_node_counts") is not None]
        if not with_graphs:
            return {}
        return {
            name: _joined([example[name] for example in with_graphs], columns, kind)
            for name, (columns, kind) in self.processor.feature_extractor.tensors.items()
        }


def _joined(parts: list, columns: int | None, kind: type) -> torch.Tensor:
    """Arrays or lists, flat or as rows, as the rows of one tensor."""
    flat = np.concatenate(parts, axis=None).astype(kind, copy=False)  # one cast of all: a cast of each takes longer
    return torch.from_numpy(flat if columns is None else flat.reshape(-1, columns))
