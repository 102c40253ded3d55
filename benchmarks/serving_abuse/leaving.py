"""Clients that go away: before the answer, in it, in their own body. Their rows, places and files are free."""

import time

from benchmarks.serving_abuse.outcome import Outcome
from benchmarks.serving_abuse.victim import Victim, together
from benchmarks.serving_abuse.wire import ask, chat, connect

# Seconds after the last one has gone until nothing runs; answers of these lengths would take longer.
SOON, LONG = 5.0, 1000
_WAYS = ("at once", "in the stream", "before the answer", "in the body")


def leave(port: int, number: int):
    """One client that goes away, in the way that its number says."""
    way = _WAYS[number % len(_WAYS)]
    raw = chat("<mol>CCO</mol> What?", max_tokens=LONG, stream=way in ("at once", "in the stream"))
    with connect(port) as one:
        one.sendall(raw[: len(raw) // 2] if way == "in the body" else raw)
        if way == "in the stream":
            one.recv(1000)
        elif way == "before the answer":
            time.sleep(0.05)


def disconnects(victim: Victim, count: int) -> Outcome:
    """Many of them, a quarter in each way."""
    outcome, before = Outcome("disconnects, a quarter in each of four ways", count), victim.files
    together(lambda number: leave(victim.port, number), count)
    start = time.monotonic()
    outcome.expect(victim.settle(victim.is_idle, 60), "places stay taken")
    outcome.numbers["nothing runs after, s"] = round(time.monotonic() - start, 2)
    outcome.expect(time.monotonic() - start < SOON, f"rows ran on for {time.monotonic() - start:.1f} s")
    outcome.expect(victim.settle(lambda: victim.files <= before + 1), f"{victim.files - before} files stay open")
    outcome.take(ask(victim.port, chat(max_tokens=2)), 200, called="the next request")
    outcome.numbers["left the batch or queue"] = int(victim.measure("llamo_cancelled_total"))
    return outcome
