"""What a call hands to a device: how many operations, about its kernel launches, and how many floating-point ones.

Views are no operations. FLOPs are those of matrix products and attention, a multiplication and an addition each, by
PyTorch's own formulas. Its `FlopCounterMode` does the same but also follows modules by hooks, which fail on inputs that
are views made without gradients, and it leaves out the attention of CPUs.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

_aten = torch.ops.aten
_FORMULAS: dict[Any, Callable[..., int]] = {
    **flop_registry,
    _aten._scaled_dot_product_flash_attention_for_cpu: flop_registry[_aten._scaled_dot_product_flash_attention],
    _aten._scaled_dot_product_flash_attention_for_cpu_backward: flop_registry[
        _aten._scaled_dot_product_flash_attention_backward
    ],
}


class _Counter(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.operations = self.flops = 0

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        self.operations += not func.is_view
        if formula := _FORMULAS.get(func.overloadpacket):
            self.flops += formula(*args, **kwargs, out_val=result)
        return result


def count_operations(function: Callable[[], Any]) -> int:
    """Operations of one call, without gradients."""
    with torch.no_grad(), _Counter() as counter:
        function()
    return counter.operations


def count_flops(function: Callable[[], Any]) -> int:
    """Floating-point operations of one call, those of a backward pass in it too."""
    with _Counter() as counter:
        function()
    return counter.flops
