"""Faults inside the server: the model's thread dies or hangs, memory runs out, the tokenizer fails."""

import signal
import threading
import time
from pathlib import Path

from benchmarks.serving_abuse.outcome import Outcome
from benchmarks.serving_abuse.victim import serving
from benchmarks.serving_abuse.wire import Reply, ask, chat, end_of

# By fault: statuses of requests that run, of later ones, of /health, and seconds until clients know.
FAULTS = {
    "thread": ((503,), 503, 503, 2.0),
    "memory": ((500,), 200, 200, 2.0),
    "compaction": ((200, 500), 200, 200, 30.0),  # when the first has its answer
    "joining": ((500,), 200, 200, 2.0),
    "tokenizer": ((200,), 200, 200, 60.0),  # takes nobody along
    "stuck": ((504,), 504, 503, 12.0),
}
_TIMEOUT = {"stuck": ("--timeout", "2")}


def fault(folder: Path, name: str, clients: int = 6) -> Outcome:
    """A fault while clients wait, every other one for a stream."""
    outcome, expected = Outcome(f"fault: {name}"), FAULTS[name]
    replies: list[Reply] = []
    with serving(folder, *_TIMEOUT.get(name, ()), fault=name) as victim:

        def client(place: int):
            replies.append(ask(victim.port, chat("What?", max_tokens=300 + place, stream=bool(place % 2))))

        threads = [threading.Thread(target=client, args=(place,)) for place in range(clients)]
        [thread.start() for thread in threads]
        outcome.expect(victim.settle(lambda: victim.measure("llamo_requests_running") == clients, 10), "not all ran")
        victim.signal(signal.SIGUSR1)
        start = time.monotonic()
        if name in ("tokenizer", "joining"):  # what a new request meets
            outcome.take(ask(victim.port, chat(max_tokens=1)), 500)
        [thread.join(60) for thread in threads]
        seconds = time.monotonic() - start
        outcome.numbers["clients know after, s"] = round(seconds, 2)
        outcome.expect(len(replies) == clients and seconds < expected[3], f"clients waited for {seconds:.0f} s")
        for place, reply in enumerate(replies):
            is_stream = b"text/event-stream" in reply.head
            outcome.take(reply, *((200,) if is_stream else expected[0]), called=f"running {place}")
            may = {"answer" if status == 200 else "error" for status in expected[0]}
            outcome.expect(end_of(reply) in may, f"running {place}: ends with {end_of(reply)}")
        outcome.take(ask(victim.port, chat(max_tokens=1)), expected[1], called="the next request")
        outcome.take(victim.get("/health"), expected[2], called="health")
        outcome.expect("Traceback" in victim.log or name == "stuck", "the log does not tell it")
    return outcome
