"""Clients that take their time: heads and bodies a byte at a time, answers never read. Others must not notice."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.serving_abuse.outcome import Outcome
from benchmarks.serving_abuse.victim import Victim
from benchmarks.serving_abuse.wire import ask, chat, connect, end_of, read, request

# Seconds that an honest request may take beside abuse; alone it takes a few hundredths.
PROMPT = 5.0
# Bytes that a connection may cost.
_COST = 2**19


@contextmanager
def honest(victim: Victim, outcome: Outcome) -> Iterator[None]:
    """An honest client asks all the time; none of its requests may fail or wait for long."""
    stop, seconds = threading.Event(), []

    def work():
        while not stop.is_set():
            start = time.monotonic()
            reply = ask(victim.port, chat("<mol>CCO</mol> What?", max_tokens=2))
            seconds.append(time.monotonic() - start)
            outcome.expect(reply.status == 200 and reply.is_whole, f"an honest request got {reply.status}")
            stop.wait(0.2)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        outcome.numbers |= {"honest requests": len(seconds), "slowest of them, s": round(max(seconds), 2)}
        outcome.expect(max(seconds) < PROMPT, f"an honest request took {max(seconds):.1f} s")


def slow_heads(victim: Victim, count: int, patience: float) -> Outcome:
    """Slow loris: each connection sends a byte of its head now and then."""
    return _drip(victim, count, patience, "heads a byte at a time", b"", request("GET", "/health", padding="x" * 500))


def slow_bodies(victim: Victim, count: int, patience: float) -> Outcome:
    """A head, and then a body that drips."""
    head, _, body = chat("x" * 500).partition(b"\r\n\r\n")
    return _drip(victim, count, patience, "bodies a byte at a time", head + b"\r\n\r\n", body)


def _drip(victim: Victim, count: int, patience: float, what: str, begin: bytes, rest: bytes) -> Outcome:
    outcome, before = Outcome(what, count), victim.files
    with honest(victim, outcome), ExitStack() as stack:
        clients = [stack.enter_context(connect(victim.port)) for _ in range(count)]
        for one in clients:
            one.sendall(begin)
        start, left, number = time.monotonic(), set(clients), 0
        while left and time.monotonic() - start < 2 * patience + 10:
            left = {one for one in left if _sends(one, rest[number : number + 1])}
            number += 1
            time.sleep(0.25)
        outcome.numbers["closed after, s"] = round(time.monotonic() - start, 1)
        outcome.expect(not left, f"{len(left)} of {count} are still open")
    outcome.expect(victim.settle(lambda: victim.files <= before + 2), f"{victim.files - before} files stay open")
    return outcome


def _sends(client: socket.socket, byte: bytes) -> bool:
    """Sends a byte; whether the server still listens."""
    try:
        client.sendall(byte)
        client.setblocking(False)
        ended = client.recv(4096)  # an error such as 408, or the end
        return False if not ended else bool(ended) and b"408" not in ended
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
    finally:
        client.settimeout(30)


def unread_streams(victim: Victim, count: int, patience: float) -> Outcome:
    """Long streams with probabilities that nobody reads."""
    outcome, before, memory = Outcome("streams that are never read", count), victim.files, victim.rss
    raw = chat(stream=True, max_tokens=1000, logprobs=True, top_logprobs=20)
    with honest(victim, outcome), ExitStack() as stack:
        clients = [stack.enter_context(connect(victim.port, buffer=2048)) for _ in range(count)]
        for one in clients:
            one.sendall(raw)
        outcome.expect(victim.settle(lambda: victim.measure("llamo_requests_running") > 1), "none ran")
        outcome.expect(victim.settle(lambda: victim.measure("llamo_requests_running") <= 1, 120), "places stay taken")
        outcome.numbers["MB more"] = round((victim.rss - memory) / 1e6, 1)
        outcome.expect(victim.rss - memory < 2**26 + count * _COST * 4, "memory grew without bound")
        closed = victim.settle(lambda: victim.files <= before + 3, 2 * patience + 20)
        outcome.expect(closed, f"{victim.files - before} connections stay open")
        outcome.expect(all(end_of(read(one)) != "seems whole" for one in clients), "a cut stream looks whole")
    return outcome
