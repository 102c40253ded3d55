"""How functions are timed against each other: they take turns, and CPU time counts. Knows nothing of what is timed."""

import ctypes
import platform
import time
from collections.abc import Callable, Mapping
from typing import Any


def keep_memory():
    """Lets this process keep memory that it has freed, where glibc allocates.

    Otherwise large tensors go back to the kernel at once, and are cleared anew page by page when the next one is made:
    the side that needs more memory would be charged for that, by half of its time and more.
    """
    if platform.libc_ver()[0] == "glibc":
        m_mmap_max, m_trim_threshold = -4, -1
        libc = ctypes.CDLL(None)
        libc.mallopt(m_mmap_max, 0)
        libc.mallopt(m_trim_threshold, -1)


def take_turns(
    functions: Mapping[str, Callable[[], Any]],
    *,
    rounds: int,
    clock: Callable[[], float] = time.process_time,
    warm_up: int = 1,
) -> dict[str, list[float]]:
    """Seconds of each call: in each round every function once, in an order that is reversed from round to round."""
    keep_memory()
    for function in functions.values():
        for _ in range(warm_up):
            function()
    seconds: dict[str, list[float]] = {name: [] for name in functions}
    for number in range(rounds):
        names = list(functions) if number % 2 == 0 else list(reversed(list(functions)))
        for name in names:
            start = clock()
            functions[name]()
            seconds[name].append(clock() - start)
    return seconds
