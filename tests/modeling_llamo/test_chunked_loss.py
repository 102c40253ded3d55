"""The chunked loss against PyTorch's own cross-entropy: values, gradients of everything, and what it refuses."""

import pytest
import torch
from torch import nn

from modeling_llamo.chunked_loss import chunked_sum

NEVER = 3


def ordinary_sum(states: torch.Tensor, targets: torch.Tensor, head: nn.Linear) -> torch.Tensor:
    logits = head(states).index_fill(1, torch.tensor([NEVER]), -1e4)
    return nn.functional.cross_entropy(logits.float(), targets, reduction="sum")


def make(dtype: torch.dtype = torch.float32, *, bias: bool = True) -> tuple[torch.Tensor, torch.Tensor, nn.Linear]:
    torch.manual_seed(0)
    states = torch.randn(7, 5, dtype=dtype, requires_grad=True)
    return states, torch.tensor([0, 1, 2, 4, 5, 8, 8]), nn.Linear(5, 9, bias=bias).to(dtype)


def gradients(total: torch.Tensor, leaves: list[torch.Tensor]) -> list[torch.Tensor]:
    for leaf in leaves:
        leaf.grad = None
    (total / 3).backward()
    return [leaf.grad for leaf in leaves if leaf.grad is not None]


@pytest.mark.parametrize("chunk_size", [1, 3, 7, 100])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-6), (torch.bfloat16, 2e-2)])
def test_loss_and_gradients_are_the_ordinary_ones(chunk_size, bias, dtype, tolerance):
    states, targets, head = make(dtype, bias=bias)
    leaves = [states, *head.parameters()]
    expected = ordinary_sum(states, targets, head)
    wanted = gradients(expected, leaves)
    total = chunked_sum(states, targets, head, never=NEVER, chunk_size=chunk_size)
    torch.testing.assert_close(total, expected, atol=1e-5, rtol=1e-5)
    assert total.dtype == torch.float32
    for found, right in zip(gradients(total, leaves), wanted, strict=True):
        torch.testing.assert_close(found, right, atol=tolerance, rtol=tolerance)


def test_the_gradient_of_a_frozen_head_is_not_made():
    states, targets, head = make()
    head.requires_grad_(False)
    chunked_sum(states, targets, head, never=NEVER, chunk_size=2).backward()
    assert states.grad is not None and head.weight.grad is None


def test_large_logits_do_not_overflow():
    states, targets, head = make()
    loss = chunked_sum(1e4 * states, targets, head, never=NEVER, chunk_size=2)
    torch.testing.assert_close(loss, ordinary_sum(1e4 * states, targets, head))


def test_no_label_gives_zero():
    states, targets, head = make()
    assert chunked_sum(states[:0], targets[:0], head, never=NEVER, chunk_size=2) == 0


def test_a_second_backward_is_refused_instead_of_wrong():
    states, targets, head = make()
    total = chunked_sum(states, targets, head, never=NEVER, chunk_size=2)
    total.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        (2 * total).backward()
