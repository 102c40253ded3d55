"""Connections of the HTTP server: how many there may be, and for how long one may bring or take nothing.

Knows uvicorn's protocol for h11, no route and no model. uvicorn itself closes only what is idle behind an answer.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

# Seconds in which a connection must bring the whole head of a request, or take 64 KiB of what waits for it.
PATIENCE = 30
_MOST = 1000


class Connection(H11Protocol):
    """One that is closed when it waits too long, or when it is idle and others need its place."""

    _stage: tuple[Any, ...] = ()
    _since = 0.0
    _reads = 0

    def connection_made(self, transport: asyncio.Transport):  # pyright: ignore[reportIncompatibleMethodOverride]
        """Takes a place, of the longest idle connection where there is none."""
        super().connection_made(transport)
        self._since = self.loop.time()
        if len(self.connections) >= (self.limit_concurrency or _MOST):
            idle = [one for one in self.connections if isinstance(one, Connection) and one.is_idle]  # this one, too
            min(idle, key=lambda one: one._since).close_now()

    def resume_writing(self):
        """The client reads."""
        self._reads += 1
        super().resume_writing()

    @property
    def is_idle(self) -> bool:
        """Whether no complete request is being answered."""
        return self._is_asking or self.cycle.more_body

    @property
    def _is_asking(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def check(self, now: float):
        """Closes it where it has been waited for too long; called once a second.

        Args:
            now: of the event loop.
        """
        stage = (self.cycle, self._is_asking, self._reads)
        if stage != self._stage:
            self._stage, self._since = stage, now
        elif (self._is_asking or self.flow.write_paused) and now - self._since > PATIENCE:
            self.close_now()

    def close_now(self):
        """Closes it without waiting for the client to read."""
        self.connections.discard(self)
        self.transport.abort()


def check_all(connections: Iterable[Any]):
    """Closes those that have been waited for too long."""
    now = asyncio.get_running_loop().time()
    for one in list(connections):
        if isinstance(one, Connection):
            one.check(now)


def most_connections() -> int:
    """How many there may be: 1000, or half the files that the process may open."""
    try:
        import resource
    except ImportError:  # Windows
        return _MOST
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if files == resource.RLIM_INFINITY else min(_MOST, files // 2)


def backlog(most: int) -> int:
    """How many are taken from the system at once, before room is made for them, and may wait there."""
    return max(1, min(128, most // 4))
