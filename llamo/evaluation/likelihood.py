"""How probable given continuations of prompts are to a model. Knows tensors and token ids, no text and no molecule."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch

# Logits held at a time, in numbers: 64 Mi of float32 are 256 MiB.
LARGEST_LOGITS = 2**26


@torch.inference_mode()
def log_probabilities(model: Any, inputs: Mapping[str, torch.Tensor], continuations: Sequence[Sequence[int]]):
    """Summed log-probability, in nats, of one continuation per row: (B,) float32 on the CPU.

    Arguments as in `token_log_probabilities`.
    """
    return token_log_probabilities(model, inputs, continuations).sum(-1)


@torch.inference_mode()
def token_log_probabilities(
    model: Any, inputs: Mapping[str, torch.Tensor], continuations: Sequence[Sequence[int]]
) -> torch.Tensor:
    """Log-probability, in nats, of each token of one continuation per row.

    Args:
        model: a causal language model of transformers, or a LLaMo.
        inputs: a left-padded batch, (B, T), with packed graph tensors where there are molecules.
        continuations: token ids after each prompt, none of them empty.

    Returns:
        (B, longest continuation) float32 on the CPU, 0 behind the end of a shorter one.
    """
    rows, longest = len(continuations), max(map(len, continuations))
    device = inputs["input_ids"].device
    ids, mask = torch.zeros(rows, longest, dtype=torch.long), torch.zeros(rows, longest, dtype=torch.long)
    for row, continuation in enumerate(continuations):
        ids[row, : len(continuation)] = torch.tensor(list(continuation))
        mask[row, : len(continuation)] = 1
    ids, mask = ids.to(device), mask.to(device)
    whole_mask = torch.cat([inputs["attention_mask"], mask], 1)
    arguments = {
        **inputs,
        "input_ids": torch.cat([inputs["input_ids"], ids], 1),
        "attention_mask": whole_mask,
        "logits_to_keep": longest + 1,
        "use_cache": False,
    }
    if "position_ids" in inspect.signature(model.forward).parameters:
        arguments["position_ids"] = (whole_mask.cumsum(-1) - 1).clamp(min=0)
    logits = model(**arguments).logits[:, -longest - 1 : -1]
    chosen = torch.log_softmax(logits.float(), -1).gather(-1, ids[..., None])[..., 0]
    return (chosen * mask).cpu()


def until_end(ids: Sequence[int], ends: int | Sequence[int] | None) -> list[int]:
    """Generated ids up to and with the first that ends a text; all of them where none does."""
    closing = {ends} if isinstance(ends, int) else set(ends or ())
    last = next((place for place, token in enumerate(ids) if token in closing), len(ids) - 1)
    return list(ids[: last + 1])


def rows_at_a_time(longest: int, vocab_size: int) -> int:
    """Rows whose logits over `longest` tokens fit into the memory allowed for them."""
    return max(1, LARGEST_LOGITS // (max(longest, 1) * vocab_size))
