"""Keys, other origins and logs: who may ask, and what is written about it."""

from pathlib import Path

from benchmarks.serving_abuse.outcome import Outcome
from benchmarks.serving_abuse.victim import Victim, serving
from benchmarks.serving_abuse.wire import ask, chat, post, request, talk

KEY = "sk-secret-0123456789"
_WRONG = ("", "Bearer", "Bearer ", "Bearer wrong", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", f"Basic {KEY}", KEY)
_ODD = ("Bearer \u00e9\u00fc", "Bearer \u6f22", "Bearer \udcff\udcfe", "Bearer " + "x" * 8000)
_GUARDED = ("/v1/models", "/v1/models/tiny", "/metrics", "/draw?smiles=C", "/%761/models", "/v1/../v1/models")


def keys(folder: Path | None) -> Outcome:
    """Wrong keys, of every shape, at every guarded path; none of them and not the right one is in the log."""
    outcome = Outcome("wrong keys")
    with serving(folder, "--api-key-variable", "LLAMO_ABUSED", LLAMO_ABUSED=KEY) as victim:
        for value in (*_WRONG, *_ODD):
            for path in _GUARDED:
                outcome.take(victim.get(path, authorization=value), 401, called=f"{value[:30]!r} at {path}")
            outcome.take(ask(victim.port, chat(headers={"authorization": value})), 401, called=f"{value[:30]!r}")
        outcome.take(victim.get("/health"), 200)
        right = chat(max_tokens=1, headers={"authorization": f"Bearer {KEY}"})
        outcome.take(ask(victim.port, right), 200, called="the right key")
        outcome.expect(KEY not in victim.log and "x" * 100 not in victim.log, "a key is in the log")
    return outcome


def origins(victim: Victim) -> Outcome:
    """Pages of other origins, without an origin, and names that lead to this machine."""
    outcome = Outcome("other origins and hosts")
    for origin in ("http://evil.example", "null", "http://127.0.0.1.evil.example", "file://"):
        for path in ("/v1/models", "/health", "/", "/nothing"):
            outcome.take(victim.get(path, origin=origin), 200, 404, called=f"{origin} {path}")
        ahead = {"origin": origin, "access_control_request_method": "POST"}
        outcome.take(
            ask(victim.port, request("OPTIONS", "/v1/chat/completions", None, **ahead)), 405, called="preflight"
        )
        simple = {"origin": origin, "content_type": "text/plain"}  # what a page may send without asking first
        outcome.take(ask(victim.port, post("/v1/chat/completions", talk(), **simple)), 400, called="simple request")
    for host in (
        "evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "[",
        "[::1",
        "a:b:c",
        "localhost.",
    ):
        outcome.take(victim.get("/v1/models", host=host), 400, called=f"host {host}")
    for host in ("127.0.0.1", "localhost:99", "[::1]:8000"):
        outcome.take(victim.get("/v1/models", host=host), 200, called=f"host {host}")
    return outcome


def logs(victim: Victim) -> Outcome:
    """Line ends in paths, headers, fields and molecules write no line of their own into the log."""
    outcome, mark = Outcome("line ends for the log"), "INJECTED-LINE"
    spelled = f"x%0d%0a{mark}%20root%20logged%20in"
    for path in (f"/{spelled}", f"/v1/models/{spelled}", f"/draw?smiles={spelled}", f"/health?{spelled}"):
        outcome.take(victim.get(path), 200, 400, 404, called=path)
    for fields in ({"model": f"x\n{mark}"}, {f"x\n{mark}": 1}, {"user": f"x\r\n{mark}", "max_tokens": 1}):
        outcome.take(ask(victim.port, post("/v1/chat/completions", talk() | fields)), 200, 400, 404)
    outcome.take(ask(victim.port, chat(f"<mol>C\n{mark}</mol>")), 400)
    outcome.take(victim.get("/health", x=f"a\x0b{mark}"), 200, 400)
    outcome.expect(mark not in victim.log, "a client's text is in the log")
    return outcome


def labels(victim: Victim, count: int) -> Outcome:
    """Paths and methods of every kind make no new series of metrics."""
    outcome = Outcome("series of metrics, by odd paths", count)
    before = len(victim.get("/metrics").body.splitlines())
    for number in range(count):
        victim.get(f"/path/{number}")
        victim.get(f"/v1/models/{number}")
        ask(victim.port, request(f"METHOD{number}", f"/v1/{number}"))
    more = len(victim.get("/metrics").body.splitlines()) - before
    outcome.numbers["series more"] = more
    outcome.expect(more <= 4, f"{more} series more")
    return outcome
