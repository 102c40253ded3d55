"""Answers of a compact model to prepared questions, as tokens: for a machine without RDKit. Knows no metric."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from llamo.compact.tensors import TensorRows
from llamo.compact.views import seen
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoDataCollator
from processors.example import divide


def questions(rows: TensorRows, view: str, *, graph_token_id: int, shuffled: bool = False) -> list[dict[str, Any]]:
    """Rows up to their answer.

    Args:
        rows: conversations, each about one molecule.
        view: what is seen of it, see `llamo.compact.views`.
        graph_token_id: of the tokenizer.
        shuffled: each row has the graph of another one.
    """
    examples = [seen(rows, row, view, graph_token_id=graph_token_id) for row in range(len(rows))]
    order = np.random.default_rng(0).permutation(len(rows)) if shuffled else np.arange(len(rows))
    others = np.roll(order, 1) if shuffled else order
    asked: list[dict[str, Any]] = [{}] * len(rows)
    for row, other in zip(order.tolist(), others.tolist(), strict=True):
        graph = {name: value for name, value in examples[other].items() if name.startswith("graph_")}
        asked[row] = divide({**examples[row], **graph})
    return asked


@torch.inference_mode()
def answers(
    model: LlamoForConditionalGeneration,
    collate: LlamoDataCollator,
    asked: list[dict[str, Any]],
    *,
    batch_size: int,
    **options: Any,
) -> Iterator[tuple[int, list[int]]]:
    """Number and answer tokens of each question, similar lengths together; `options` are those of `generate`."""
    device, special = model.device, {model.generation_config.pad_token_id, model.generation_config.eos_token_id}
    order = sorted(range(len(asked)), key=lambda row: len(asked[row]["input_ids"]))
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        inputs = {name: value.to(device) for name, value in collate([asked[row] for row in chosen]).items()}
        inputs.pop("labels")
        made = model.generate(**inputs, **options)[:, inputs["input_ids"].shape[1] :].tolist()
        for row, tokens in zip(chosen, made, strict=True):
            yield row, [token for token in tokens if token not in special]


def write(path: Path, found: Iterator[tuple[int, list[int]]]):
    """One line for each answer, in order of the questions."""
    lines = [json.dumps({"row": row, "tokens": tokens}) for row, tokens in sorted(found)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
