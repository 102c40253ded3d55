"""Cross-entropy of a linear head by the kernel of Liger (arXiv 2410.10989), where it is installed and can be used.

It makes logits in pieces, and their gradients with them, so that nothing is computed anew for the backward pass.
"""

import os

import torch
from torch import nn
from transformers.utils.import_utils import is_liger_kernel_available

from modeling_llamo.text import NEVER


def can_fuse(states: torch.Tensor) -> bool:
    """Whether Liger is installed and can run here; TRITON_INTERPRET=1 is Triton's own way to run on a CPU."""
    return (states.is_cuda or os.environ.get("TRITON_INTERPRET") == "1") and is_liger_kernel_available()


def fused_sum(states: torch.Tensor, targets: torch.Tensor, head: nn.Linear, *, never: int) -> torch.Tensor:
    """Sum of the cross-entropies of logits that never exist as a whole, in float32.

    Args:
        states: (P, d).
        targets: (P,) ids.
        head: (P, d) -> (P, V).
        never: id that has no probability; beyond the vocabulary, nothing is ruled out.
    """
    from liger_kernel.transformers.functional import liger_fused_linear_cross_entropy  # pyright: ignore[reportMissingImports]

    bias = head.bias
    if never < head.out_features:  # the kernel takes no mask; a bias does the same
        bias = head.weight.new_zeros(head.out_features) if bias is None else bias
        bias = bias.index_fill(0, torch.tensor([never], device=bias.device), NEVER)
    return liger_fused_linear_cross_entropy(
        states.to(head.weight.dtype), head.weight, targets, bias, reduction="sum"
    ).float()
