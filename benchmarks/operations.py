"""How many operations a call hands to a device: what PyTorch dispatches, without views. About its kernel launches."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class _Counter(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        self.count += not func.is_view
        return func(*args, **(kwargs or {}))


def count_operations(function: Callable[[], Any]) -> int:
    """Operations of one call, without gradients."""
    with torch.no_grad(), _Counter() as counter:
        function()
    return counter.count
