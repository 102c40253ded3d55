"""Memory that PyTorch's CPU allocator gives out during a call: exact, to the byte, whatever else the process holds."""

import os
from collections.abc import Callable
from typing import Any

import torch


def peak_bytes(function: Callable[[], Any]) -> int:
    """By how much a call raises what is allocated, at its peak. What its result holds counts too.

    The call is made once before, so that what it keeps for good does not count.
    """
    function()
    os.environ.setdefault("KINETO_LOG_LEVEL", "6")  # the profiler's library announces each start and stop up to 5
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as recorded:
        result = function()
    assert recorded.profiler is not None and recorded.profiler.kineto_results is not None
    events: list[Any] = [event for event in recorded.profiler.kineto_results.events() if event.name() == "[memory]"]
    assert events, "the profiler records no memory"
    live = peak = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        live += event.nbytes()
        peak = max(peak, live)
    del result
    return peak
