"""Thousands of connections that ask nothing. Others are served, files stay bounded, and the idle ones are closed."""

import select
import socket
import time

from benchmarks.serving_abuse.outcome import Outcome
from benchmarks.serving_abuse.slow import honest
from benchmarks.serving_abuse.victim import Victim
from benchmarks.serving_abuse.wire import connect


def idle_connections(victim: Victim, count: int, patience: float, *, most: int) -> Outcome:
    """Opens them all, holds them, and waits until the server has closed them.

    Args:
        victim: the server.
        count: connections.
        patience: seconds after which it closes them.
        most: files that it may have open for connections.
    """
    outcome, before, clients = Outcome("idle connections", count), victim.files, []
    try:
        with honest(victim, outcome):
            for _ in range(count):
                clients.append(connect(victim.port))
            time.sleep(1)
            outcome.numbers["files open"] = victim.files - before
            outcome.expect(victim.files - before <= most, f"{victim.files - before} files are open")
            start = time.monotonic()
            while (left := _open(clients)) and time.monotonic() - start < 2 * patience + 10:
                time.sleep(0.5)
            outcome.numbers["all closed after, s"] = round(time.monotonic() - start, 1)
            outcome.expect(not left, f"{left} are still open")
    finally:
        for one in clients:
            one.close()
    outcome.expect(victim.settle(lambda: victim.files <= before + 2), "files stay open")
    outcome.expect("out of system resource" not in victim.log, "it ran out of files")
    return outcome


def _open(clients: list[socket.socket]) -> int:
    """How many the server has not closed."""
    watch = select.poll()
    for one in clients:
        watch.register(one, select.POLLIN)
    return len(clients) - len(watch.poll(0))
