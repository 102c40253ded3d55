"""Whether a module may be computed from its weights alone, without being called."""

from torch import nn


def is_plain(module: object, *classes: type[nn.Module]) -> bool:
    """Whether a call would run the forward of one of these classes and nothing else.

    An adapter, a quantised layer and FSDP are other classes; hooks and a `forward` of the instance's own (offloading)
    would be passed over.
    """
    if type(module) not in classes or not isinstance(module, nn.Module):
        return False
    hooks = (module._forward_hooks, module._forward_pre_hooks, module._backward_hooks, module._backward_pre_hooks)
    return "forward" not in vars(module) and not any(hooks)
