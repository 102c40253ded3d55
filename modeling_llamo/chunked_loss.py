"""Cross-entropy of a linear head in chunks that make their gradients at once: nothing is kept, nothing computed anew.

d loss / d logits = softmax(logits) - one_hot(target) is known as soon as the logits are, so each chunk's share of the
gradients of states and weights is made with it and the logits are dropped (as Liger's kernel does, arXiv 2410.10989).

Shapes: P labelled positions, C of them in a chunk, d width of the head's input, V vocabulary.
"""

from typing import Any, cast

import torch
from torch import nn
from torch.autograd.function import once_differentiable

from modeling_llamo.text import rule_out


def chunked_sum(
    states: torch.Tensor, targets: torch.Tensor, head: nn.Linear, *, never: int, chunk_size: int
) -> torch.Tensor:
    """Sum of the cross-entropies, in float32.

    Args:
        states: (P, d), of the head's dtype.
        targets: (P,) ids.
        head: (P, d) -> (P, V).
        never: id that has no probability.
        chunk_size: positions whose logits exist at a time.
    """
    return cast(torch.Tensor, _ChunkedSum.apply(states, targets, head.weight, head.bias, never, chunk_size))


class _ChunkedSum(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        states: torch.Tensor,
        targets: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        never: int,
        chunk_size: int,
    ) -> torch.Tensor:
        wanted = (ctx.needs_input_grad[0], *ctx.needs_input_grad[2:4])
        of_states, of_weight, of_bias = (
            torch.zeros_like(tensor) if wants and tensor is not None else None
            for tensor, wants in zip((states, weight, bias), wanted, strict=True)
        )
        total = states.new_zeros((), dtype=torch.float32)
        for start in range(0, len(states), chunk_size):
            chunk = slice(start, start + chunk_size)
            losses, gradient = _losses(nn.functional.linear(states[chunk], weight, bias), targets[chunk], never)
            total += losses
            if of_states is not None:
                torch.mm(gradient, weight, out=of_states[chunk])
            if of_weight is not None:
                of_weight.addmm_(gradient.t(), states[chunk])
            if of_bias is not None:
                of_bias += gradient.sum(0)
        ctx.save_for_backward(of_states, of_weight, of_bias)
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *scales: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        # Scaled in place, so that no second tensor of the head's size exists; PyTorch then refuses a second backward.
        (scale,) = scales
        of_states, of_weight, of_bias = (None if one is None else one.mul_(scale) for one in ctx.saved_tensors)
        return of_states, None, of_weight, of_bias, None, None


def _losses(logits: torch.Tensor, targets: torch.Tensor, never: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Sum of the cross-entropies of a chunk, and its gradient (C, V); float32 logits are written over."""
    scores, target = rule_out(logits, never).float(), targets.unsqueeze(1)
    highest = scores.amax(1, keepdim=True)
    right = scores.gather(1, target) - highest
    sums = scores.sub_(highest).exp_().sum(1, keepdim=True)
    gradient = scores.div_(sums).scatter_add_(1, target, torch.full_like(right, -1))
    return (sums.log() - right).sum(), gradient.to(logits.dtype)
