"""So many requests and tokens a minute, evenly spread, over all threads. Knows time, no network."""

import threading
import time
from collections.abc import Callable

MINUTE = 60.0


class RateLimit:
    """Gives each request its place on a line of time: one starts when its share of the minute before it is over.

    Even spacing also keeps to limits that a server applies to seconds, which a burst each minute would break.

    Args:
        requests_per_minute: None for no limit.
        tokens_per_minute: of prompts and answers; None for no limit.
        clock: seconds.
        sleep: waits.
    """

    def __init__(
        self,
        *,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._requests, self._tokens = requests_per_minute, tokens_per_minute
        self._clock, self._sleep = clock, sleep
        self._free = clock()
        self._lock = threading.Lock()

    def wait(self, tokens: int = 0):
        """Waits until a request may start.

        Args:
            tokens: that it takes, prompt and answer.
        """
        with self._lock:
            start = max(self._clock(), self._free)
            self._free = start + self._share(tokens)
        delay = start - self._clock()
        if delay > 0:
            self._sleep(delay)

    def hold(self, seconds: float):
        """Starts nothing for a while, as a server asked for it."""
        with self._lock:
            self._free = max(self._free, self._clock() + seconds)

    def _share(self, tokens: int) -> float:
        """Seconds of a minute that a request takes up."""
        by_requests = MINUTE / self._requests if self._requests else 0.0
        by_tokens = MINUTE * tokens / self._tokens if self._tokens else 0.0
        return max(by_requests, by_tokens)
