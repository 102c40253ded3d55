"""The loss of labelled positions alone: logits of the others, and all logits at once, never exist.

Shapes: B samples, T text tokens, P labelled positions, d width of the head's input, V vocabulary.
"""

from collections.abc import Callable
from typing import TypeGuard

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint
from transformers import PreTrainedConfig

from modeling_llamo.chunked_loss import chunked_sum
from modeling_llamo.fused_loss import can_fuse, fused_sum
from modeling_llamo.plain import is_plain
from modeling_llamo.text import rule_out, transform_logits, transforms_logits


def next_tokens(labels: torch.Tensor, ignore_index: int = -100) -> torch.Tensor:
    """(B, T) labels -> what each position has to predict; the last one has nothing to."""
    return nn.functional.pad(labels, (0, 1), value=ignore_index)[..., 1:]


def labelled_loss(
    hidden_states: torch.Tensor,
    labels: torch.Tensor,
    head: Callable[[torch.Tensor], torch.Tensor],
    text_config: PreTrainedConfig,
    *,
    graph_token_id: int,
    chunk_size: int = 1024,
    num_items_in_batch: torch.Tensor | int | None = None,
    shift_labels: torch.Tensor | None = None,
    ignore_index: int = -100,
    **_,
) -> torch.Tensor:
    """Cross-entropy of the next token: the mean over labelled positions, or their sum over `num_items_in_batch`.

    The same as transformers' `ForCausalLMLoss` on all logits. It waits for the device once, to count labels. Of a
    plain head, gradients are made with the logits (`chunked_loss.py`), by Liger where it is there (`fused_loss.py`).

    Args:
        hidden_states: (B, T, d) of the decoder.
        labels: (B, T), `ignore_index` where nothing is learned.
        head: (n, d) -> (n, V).
        text_config: of the language model, for what it does to logits.
        graph_token_id: id that is never predicted.
        chunk_size: positions whose logits exist at a time.
        num_items_in_batch: labels of all batches whose gradients are summed.
        shift_labels: (B, T) labels moved already, in place of `labels`.
        ignore_index: see `labels`.
    """

    def summed(states: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        logits = rule_out(transform_logits(head(states), text_config), graph_token_id)
        return nn.functional.cross_entropy(logits.float(), targets, reduction="sum")

    targets = next_tokens(labels, ignore_index) if shift_labels is None else shift_labels
    targets = targets.reshape(-1).to(hidden_states.device)
    positions = (targets != ignore_index).nonzero().squeeze(-1)  # (P,)
    states, targets = hidden_states.flatten(0, 1).index_select(0, positions), targets.index_select(0, positions)
    if not torch.is_grad_enabled() or not is_bare(head, states, text_config):
        total = _called_sum(states, targets, summed, chunk_size)
    elif can_fuse(states) and len(positions):
        total = fused_sum(states, targets, head, never=graph_token_id)
    else:
        total = chunked_sum(states, targets, head, never=graph_token_id, chunk_size=chunk_size)
    count = len(positions) if num_items_in_batch is None else num_items_in_batch
    return total / (count.to(hidden_states.device) if isinstance(count, torch.Tensor) else count)


def is_bare(head: object, states: torch.Tensor, text_config: PreTrainedConfig) -> TypeGuard[nn.Linear]:
    """Whether the head's weights give the loss: a plain linear layer, with nothing done to its logits."""
    return (
        is_plain(head, nn.Linear)
        and type(head.weight.data) is torch.Tensor  # not spread over devices
        and head.weight.dtype == states.dtype
        and not torch.is_autocast_enabled(states.device.type)
        and not transforms_logits(text_config)
    )


def _called_sum(
    states: torch.Tensor,
    targets: torch.Tensor,
    summed: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    chunk_size: int,
) -> torch.Tensor:
    """The sum where the head has to be called: chunks, which the backward pass computes anew."""
    chunks = list(zip(states.split(chunk_size), targets.split(chunk_size), strict=True))
    again = len(chunks) > 1 and torch.is_grad_enabled()
    sums = [checkpoint(summed, *chunk, use_reentrant=False) if again else summed(*chunk) for chunk in chunks]
    return torch.stack(sums).sum()
