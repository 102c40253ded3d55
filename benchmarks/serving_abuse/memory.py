"""Thousands of requests of every kind: does memory stay flat?"""

import numpy as np

from benchmarks.serving_abuse.leaving import leave
from benchmarks.serving_abuse.outcome import Outcome
from benchmarks.serving_abuse.victim import Victim, together
from benchmarks.serving_abuse.wire import ask, chat, post, request, talk

MOLECULES = ("CCO", "CC(=O)Oc1ccccc1C(=O)O", "Cn1c(=O)c2c(ncn2C)n(C)c1=O", "C1CCCCC1", "CC(N)C(=O)O", "c1ccccc1O")
# Bytes per request that count as flat, and the share of requests that warms up.
FLAT, WARM = 1000, 0.4
_ROUND = 100


def mixed(victim: Victim, count: int, *, flat: float | None = FLAT) -> Outcome:
    """Requests of all kinds, several at a time.

    Args:
        victim: the server.
        count: requests.
        flat: bytes per request that its memory may grow by, behind the warm-up; None does not ask.
    """
    outcome, series = Outcome("requests of all kinds", 0), []
    for start in range(0, count, _ROUND):
        together(lambda number, start=start: _one(victim, outcome, start + number), min(_ROUND, count - start))
        series.append((start + _ROUND, victim.rss))
    requests, sizes = np.array(series).T
    warm = requests > WARM * count
    slope = float(np.polyfit(requests[warm], sizes[warm], 1)[0]) if warm.sum() > 1 else 0.0
    outcome.numbers |= {
        "bytes per request": round(slope),
        "MB warm": round(sizes[warm][0] / 1e6, 1),
        "MB at the end": round(sizes[-1] / 1e6, 1),
        "series": [round(size / 1e6, 1) for size in sizes[:: max(1, len(sizes) // 20)].tolist()],
    }
    outcome.expect(flat is None or slope < flat, f"memory grows by {slope:.0f} bytes per request")
    outcome.expect(victim.settle(victim.is_idle), "something still runs")
    return outcome


def _one(victim: Victim, outcome: Outcome, number: int):
    smiles, kind = MOLECULES[number // 10 % len(MOLECULES)], number % 10
    if kind == 9:
        leave(victim.port, number // 10)
        outcome.tried += 1
        return
    raw, status = _request(smiles, kind, number)
    outcome.take(ask(victim.port, raw), status, called=f"kind {kind}")


def _request(smiles: str, kind: int, number: int) -> tuple[bytes, int]:
    about = f"<mol>{smiles}</mol>"
    explained = {"model": "tiny", "answer": "yes", "messages": talk(f"<mol>C{'C' * (number % 3)}O</mol>?")["messages"]}
    return [
        lambda: (chat("How do you do?", max_tokens=4), 200),
        lambda: (chat(f"{about} Describe this molecule.", max_tokens=8), 200),
        lambda: (chat(f"{about} What?", max_tokens=8, stream=True, logprobs=True, top_logprobs=3), 200),
        lambda: (chat("<mol>C1C</mol>?"), 400),
        lambda: (request("POST", "/v1/chat/completions", b'{"model":'), 400),
        lambda: (request("GET", "/metrics"), 200),
        lambda: (post("/v1/explanations", explained), 200),
        lambda: (post("/v1/embeddings", {"model": "tiny", "input": [smiles, "C"]}), 200),
        lambda: (request("GET", f"/nothing/{number}"), 404),
    ][kind]()
