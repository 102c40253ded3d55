"""Batches of training examples: padded text, packed graphs, labels. Knows no model and no molecule."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from processors.processing import IGNORED_LABEL, LlamoProcessor

# Columns of each packed graph tensor (None: one number per molecule) and its dtype.
_GRAPH_TENSORS: dict[str, tuple[int | None, torch.dtype]] = {
    "graph_node_ids": (9, torch.long),
    "graph_edge_index": (2, torch.long),
    "graph_edge_ids": (3, torch.long),
    "graph_node_counts": (None, torch.long),
    "graph_edge_counts": (None, torch.long),
    "graph_motif_features": (73, torch.float32),
    "graph_motif_counts": (None, torch.long),
}


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
    """

    processor: LlamoProcessor
    padding_side: str = "right"
    pad_to_multiple_of: int | None = None
    max_length: int | None = None

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
        options = {} if self.max_length is None else {"max_length": self.max_length}
        try:
            return self.processor.encode_conversation(example["messages"], **options)
        except ValueError as error:
            raise ValueError(f"example {row} of the batch: {error}") from error

    def _pad_text(self, examples: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        longest = max(len(example["input_ids"]) for example in examples)
        if self.pad_to_multiple_of:
            longest = -(-longest // self.pad_to_multiple_of) * self.pad_to_multiple_of
        fill = {"input_ids": self.processor.tokenizer.pad_token_id, "attention_mask": 0, "labels": IGNORED_LABEL}
        batch = {name: torch.full((len(examples), longest), value) for name, value in fill.items()}
        for row, example in enumerate(examples):
            length = len(example["input_ids"])
            place = slice(longest - length, longest) if self.padding_side == "left" else slice(0, length)
            batch["input_ids"][row, place] = torch.as_tensor(example["input_ids"])
            batch["attention_mask"][row, place] = torch.as_tensor(example.get("attention_mask", [1] * length))
            batch["labels"][row, place] = torch.as_tensor(example.get("labels", example["input_ids"]))
        return batch

    def _pack_graphs(self, examples: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        with_graphs = [example for example in examples if example.get("graph_node_counts") is not None]
        if not with_graphs:
            return {}
        batch = {}
        for name, (columns, dtype) in _GRAPH_TENSORS.items():
            shape = (-1,) if columns is None else (-1, columns)
            parts = [np.asarray(example[name]).reshape(shape) for example in with_graphs]
            batch[name] = torch.from_numpy(np.concatenate(parts)).to(dtype)
        return batch
