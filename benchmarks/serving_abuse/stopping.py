"""SIGTERM and SIGKILL while requests run: clients get an answer, an error or a cut that shows; the port is free."""

import signal
import threading
import time
from collections import Counter
from pathlib import Path

from benchmarks.serving_abuse.outcome import Outcome
from benchmarks.serving_abuse.victim import serving
from benchmarks.serving_abuse.wire import ask, chat, connect, end_of, read

# Seconds behind the grace time in which the process must have ended.
FAREWELL = 8.0


def stop(
    folder: Path | None, clients: int, number: signal.Signals, *, tokens: int = 400, grace: float = 30.0
) -> Outcome:
    """Stops a server while it answers.

    Args:
        folder: of the model.
        clients: that wait, every other one for a stream.
        number: of the signal.
        tokens: of each answer.
        grace: seconds that the server gives them.
    """
    outcome = Outcome(f"{number.name} with {clients} clients, {grace:g} s of grace", clients)
    ends: Counter[str] = Counter()
    with serving(folder, "--grace", str(grace), "--queue", str(clients)) as victim:

        def client(place: int):
            with connect(victim.port, seconds=90) as one:
                one.sendall(chat(f"{place} <mol>CCO</mol>?", max_tokens=tokens, stream=bool(place % 2)))
                ends[end_of(read(one))] += 1

        threads = [threading.Thread(target=client, args=(place,)) for place in range(clients)]
        [thread.start() for thread in threads]
        outcome.expect(victim.settle(lambda: victim.measure("llamo_requests_running") > 0), "nothing ran")
        time.sleep(0.3)
        start = time.monotonic()
        victim.signal(number)
        code = victim.process.wait(grace + 60)
        seconds = time.monotonic() - start
        [thread.join(30) for thread in threads]
        port = victim.port
    with serving(folder, port=port) as again:
        outcome.expect(ask(again.port, chat(max_tokens=2)).status == 200, "the port does not serve again")
    outcome.numbers |= {**ends, "ended after, s": round(seconds, 1), "exit code": code}
    outcome.expect(ends.total() == clients, f"{clients - ends.total()} clients hang")
    outcome.expect(not ends["seems whole"], f"{ends['seems whole']} cut answers seem whole")
    outcome.expect(seconds < grace + FAREWELL, f"it took {seconds:.0f} s to end")
    if number is signal.SIGTERM:
        outcome.expect(code in (0, -signal.SIGTERM), f"exit code {code}")
        outcome.expect(not ends["cut"], f"{ends['cut']} answers were cut without an error")
    return outcome
