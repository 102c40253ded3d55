"""What to do when a batch does not fit the memory: free it, and try half."""

import gc
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import torch

from llamo.out_of_memory import is_out_of_memory

TOO_LARGE = "out of memory, even alone; take a larger device, or --load-in-4bit"
Result = TypeVar("Result")


def fitting(do: Callable[[int], Result], size: int) -> tuple[Result | None, int]:
    """Calls with a batch size, halved as long as the memory is too small.

    Returns:
        What it gave, or None where even 1 was too much; and the size that was tried last.
    """
    while True:
        found, fits = if_it_fits(partial(do, size))
        if fits or size == 1:
            return found, size
        size //= 2


def if_it_fits(do: Callable[[], Result]) -> tuple[Result | None, bool]:
    """What a call gives, and whether the memory was large enough; where it was not, it is free again."""
    try:
        return do(), True
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    # Out of the handler, where the error no longer holds the tensors.
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return None, False
