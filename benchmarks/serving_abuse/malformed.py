"""Requests that nobody should send: not HTTP, odd paths and methods, bodies too large, broken or costly."""

import gzip
import json

from benchmarks.serving_abuse.outcome import Outcome
from benchmarks.serving_abuse.victim import Victim
from benchmarks.serving_abuse.wire import Reply, ask, chat, connect, request, talk

CHAT = "/v1/chat/completions"
_LARGE = b"x" * 300_000
_MESSAGES = b'"messages":[{"role":"user","content":"What?"}]'
_BASE = b'"model":"tiny",' + _MESSAGES
_NOT_HTTP = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "words": b"hello\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "NUL": b"\x00" * 1000 + b"\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a bad header": b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
    "a long head": b"A" * 70_000,
    "a negative length": request("POST", CHAT, b"x", content_length="-1"),
    "a length of 60 digits": request("POST", CHAT, b"x", content_length="9" * 60),
    "no chunk": request("POST", CHAT, b"zz\r\nabc\r\n", content_length="", transfer_encoding="chunked"),
    "a header that ends": request("GET", "/health", x="a\r\n\r\nGET /x HTTP/1.1\r\n\r\n").replace(b"host", b"no"),
}
_PATHS = (
    "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "/explanation/..%2f..%2f__init__.py",
    "/editor/../../app.py", "/%00", "/index.html%00.js", "/a%0aINJECTED%0d%0a", "/%ff%fe", "/%ed%a0%80", "//etc/passwd",
    "/\\..\\..\\x", "/" + "a" * 5000, "/" + "a/" * 3000, "*", "http://evil.example/v1/models", "/v1//models",
    "/v1/models/..%2f..%2fetc", "/v1/models/%0d%0aSet-Cookie:x",
)  # fmt: skip
_BROKEN = {
    "not a number": b"{%s,\"temperature\":NaN}" % _BASE,
    "infinity": b"{%s,\"top_p\":Infinity}" % _BASE,
    "1e999": b"{%s,\"temperature\":1e999}" % _BASE,
    "4,000 digits": b"{%s,\"max_tokens\":%s}" % (_BASE, b"9" * 4000),
    "9,000 digits": b"{%s,\"max_tokens\":%s}" % (_BASE, b"9" * 9000),
    "a seed too large": b"{%s,\"seed\":9223372036854775808}" % _BASE,
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
    "deep content": b'{"model":"tiny","messages":[{"role":"user","content":%s}]}' % (b"[" * 900 + b"]" * 900),
    "not UTF-8": b'{"model":"\xff\xfe"}',
    "half a surrogate": b'{"model":"tiny","messages":[{"role":"user","content":"\\ud800"}]}',
    "half a raw surrogate": b'{"model":"tiny","messages":[{"role":"user","content":"\xed\xa0\x80"}]}',
    "half a surrogate in a name": b'{%s,"\\ud800":1}' % _BASE,
    "half a surrogate in a SMILES": json.dumps(talk([{"type": "molecule", "smiles": "C\udfff"}])).encode(),
    "NUL in a SMILES": json.dumps(talk("<mol>C\0C</mol>")).encode(),
    "a list": b"[]", "null": b"null", "nothing": b"", "a string": b'"x"', "cut": b'{"model":', "two": b"{}{}",
}  # fmt: skip
_COSTLY = {
    "60,000 empty messages": {"model": "tiny", "messages": [{}] * 60_000},
    "80,000 numbers as content": talk([1] * 80_000),
    "20,000 unknown fields": {f"a{number}": 1 for number in range(20_000)},
    "15,000 molecules": talk("<mol>C</mol>" * 15_000),
    "250,000 atoms": talk("<mol>" + "C" * 250_000 + "</mol>"),
    "50,000 rings": talk("<mol>" + "C1CC1" * 50_000 + "</mol>"),
    "200,000 ring marks": talk("<mol>C" + "1" * 200_000 + "</mol>"),
    "80,000 branches": talk("<mol>" + "C(" * 80_000 + "</mol>"),
    "250,000 letters": talk("a" * 250_000),
    "long stops": talk(stop=["x" * 60_000] * 4),
}
# Seconds that the refusal of what is costly may take.
_SOON = 5.0


def malformed(victim: Victim) -> list[Outcome]:
    """All of them once."""
    wire, paths, bodies, costly = map(Outcome, ("not HTTP", "odd paths and methods", "broken bodies", "costly bodies"))
    for name, raw in _NOT_HTTP.items():
        wire.take(ask(victim.port, raw), 400, called=name)
    for path in _PATHS:
        paths.take(victim.get(path), 400, 404, called=path[:40])
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO", "post"):
        paths.take(ask(victim.port, request(method, CHAT)), 405, called=method)
    for name, raw in _BROKEN.items():
        bodies.take(_refused(victim, raw, bodies, name), 400, called=name)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        reply = ask(victim.port, chat(headers={"content_type": kind}))
        bodies.take(reply, 400, called=kind or "no content type")
    for name, content in _COSTLY.items():
        reply = _refused(victim, json.dumps(content).encode(), costly, name)
        costly.take(reply, 400, called=name)
        costly.expect(reply.seconds < _SOON, f"{name}: refused after {reply.seconds:.1f} s")
        costly.numbers["slowest, s"] = round(max(reply.seconds, costly.numbers.get("slowest, s", 0)), 2)
    for outcome in (wire, paths, bodies, costly):
        outcome.take(ask(victim.port, chat(max_tokens=2)), 200, called="the next request")
    return [wire, paths, bodies, costly]


def _refused(victim: Victim, body: bytes, outcome: Outcome, name: str) -> Reply:
    reply = ask(victim.port, request("POST", CHAT, body), seconds=60)
    message = reply.error.get("message", "")
    outcome.expect(message and "\n" not in message, f"{name}: no error in one line")
    return reply


def oversized(victim: Victim) -> Outcome:
    """Bodies beyond the limit, with and without a length, compressed, and with junk behind them."""
    outcome = Outcome("bodies too large")
    chunks = b"40000\r\n" + b"x" * 0x40000 + b"\r\n"
    cases = {
        "sent": (request("POST", CHAT, _LARGE), 413),
        "announced": (request("POST", CHAT, b"{", content_length=str(10**15)), 413),
        "in chunks": (request("POST", CHAT, chunks * 2, content_length="", transfer_encoding="chunked"), 413),
        "one chunk without end": (
            request("POST", CHAT, b"ffffffffff\r\n" + _LARGE, content_length="", transfer_encoding="chunked"),
            413,
        ),
        "compressed": (request("POST", CHAT, gzip.compress(b"0" * 50_000_000), content_encoding="gzip"), 400),
    }
    memory = victim.rss
    for name, (raw, status) in cases.items():
        reply = ask(victim.port, raw)
        outcome.take(reply, status, called=name)
        outcome.expect(reply.seconds < _SOON, f"{name}: refused after {reply.seconds:.1f} s")
    outcome.expect(victim.rss - memory < 2**25, "memory grew by more than 32 MB")
    outcome.take(ask(victim.port, chat(max_tokens=2)), 200, called="the next request")
    return outcome


def pipelined(victim: Victim) -> Outcome:
    """A request, and behind it on the same connection another one, and junk."""
    outcome = Outcome("pipelined requests and junk", 3)
    with connect(victim.port) as one:
        one.sendall(chat(max_tokens=2) + chat(max_tokens=2) + b"\x00junk\r\n\r\n")
        raw = b""
        while more := one.recv(65536):
            raw += more
    found = raw.count(b"HTTP/1.1 200"), raw.count(b"HTTP/1.1 400")
    outcome.expect(found == (2, 1), f"{found[0]} answers and {found[1]} refusals, expected 2 and 1")
    return outcome
