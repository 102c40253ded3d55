"""Whether a module may be computed from its weights alone, without being called."""

from typing import TypeGuard, TypeVar

from torch import nn

Module = TypeVar("Module", bound=nn.Module)


def is_plain(module: object, kind: type[Module]) -> TypeGuard[Module]:
    """Whether a call would run the forward of this class and nothing else.

    An adapter, a quantised layer and FSDP are other classes; hooks and a `forward` of the instance's own (offloading)
    would be passed over.
    """
    if type(module) is not kind or not isinstance(module, nn.Module):
        return False
    hooks = (module._forward_hooks, module._forward_pre_hooks, module._backward_hooks, module._backward_pre_hooks)
    return "forward" not in module.__dict__ and not any(hooks)
