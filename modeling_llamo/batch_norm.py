"""BatchNorm over the atoms of a batch, on one process or several. Knows tensors only.

Shapes: N atoms on this process, D width.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F

from modeling_llamo.plain import is_plain


def is_shared() -> bool:
    """Whether several processes train together."""
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1


class NodeBatchNorm(nn.BatchNorm1d):
    """BatchNorm over all atoms of the batch.

    In training a batch that holds one single atom has no variance; PyTorch refuses it, here the running statistics
    stand in. Where several processes train together the statistics are those of all their atoms, as if one process had
    the whole batch (PyTorch's SyncBatchNorm, which is for GPUs only).
    """

    counts_atoms = True

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        if self.training and is_shared():
            return self._over_processes(input)
        if self.training and input.shape[0] == 1:
            return F.batch_norm(input, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)
        return super().forward(input)

    def _over_processes(self, rows: torch.Tensor) -> torch.Tensor:
        """(N, D) -> (N, D). Every process must come here, also one without molecules (`uncounted`)."""
        counted = rows.float() if self.counts_atoms else rows[:0].float()
        count = _sum_over_processes(rows.new_full((1,), counted.shape[0], dtype=torch.float32))
        mean = _sum_over_processes(counted.sum(0)) / count.clamp(min=1)
        variance = _sum_over_processes((counted - mean).square().sum(0)) / count.clamp(min=1)
        self._track(mean.detach(), variance.detach(), count)
        scale = self.weight / (variance + self.eps).sqrt()
        return ((rows.float() - mean) * scale + self.bias).to(rows.dtype)

    @torch.no_grad()
    def _track(self, mean: torch.Tensor, variance: torch.Tensor, count: torch.Tensor):
        assert self.running_mean is not None and self.running_var is not None and self.num_batches_tracked is not None
        share = (self.momentum or 0.0) * (count > 0)  # nothing to learn from a batch without atoms
        unbiased = variance * count / (count - 1).clamp(min=1)
        self.running_mean += share * (mean - self.running_mean)
        self.running_var += share * (unbiased - self.running_var)
        self.num_batches_tracked += 1


def normed_linear(rows: torch.Tensor, linear: nn.Linear, norm: nn.BatchNorm1d | None) -> torch.Tensor:
    """norm(linear(rows)): (N, D) -> (N, D').

    Outside of training, norm(x) = s x + t with s = weight / sqrt(running_var + eps), t = bias - s running_mean; so the
    product takes it in, W' = s W, b' = s b + t, made anew in each call: no state, the same gradients. With fewer rows
    than W has columns that is more work than it saves.
    """
    if norm is None:
        return linear(rows)
    if (
        norm.training
        or rows.shape[0] < linear.in_features
        or not (is_plain(linear, nn.Linear) and is_plain(norm, NodeBatchNorm))
    ):
        return norm(linear(rows))
    assert norm.running_mean is not None and norm.running_var is not None
    dtype, wide = linear.weight.dtype, torch.promote_types(linear.weight.dtype, torch.float32)
    scale = norm.weight.to(wide) * torch.rsqrt(norm.running_var.to(wide) + norm.eps)
    bias = (linear.bias.to(wide) - norm.running_mean.to(wide)) * scale + norm.bias.to(wide)
    return F.linear(rows, (linear.weight.to(wide) * scale.unsqueeze(1)).to(dtype), bias.to(dtype))


class _SumOverProcesses(torch.autograd.Function):
    """The sum over all processes; since each of them uses it, its gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx, tensor: torch.Tensor) -> torch.Tensor:
        total = tensor.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx, *gradients: torch.Tensor) -> torch.Tensor:
        total = gradients[0].clone()
        dist.all_reduce(total)
        return total


def _sum_over_processes(tensor: torch.Tensor) -> torch.Tensor:
    return cast(torch.Tensor, _SumOverProcesses.apply(tensor))


@contextmanager
def uncounted(module: nn.Module) -> Iterator[None]:
    """The atoms of what runs meanwhile have no part in statistics that processes share."""
    norms = [norm for norm in module.modules() if isinstance(norm, NodeBatchNorm)]
    for norm in norms:
        norm.counts_atoms = False
    try:
        yield
    finally:
        for norm in norms:
            norm.counts_atoms = True
