"""HTTP by hand: bytes that a well-behaved client would not send, and what comes back. Knows sockets only."""

import json
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Reply:
    """What came back.

    Attributes:
        status: of HTTP; 0 where nothing that reads like HTTP came.
        head: status line and headers.
        body: without the marks of chunks.
        is_whole: the length that was promised came, or the last chunk.
        seconds: until the last byte.
    """

    status: int
    head: bytes
    body: bytes
    is_whole: bool
    seconds: float

    @property
    def error(self) -> dict[str, Any]:
        """The error in OpenAI's shape; empty where there is none."""
        try:
            return json.loads(self.body)["error"]
        except (ValueError, KeyError, TypeError):
            return {}

    def header(self, name: str) -> str | None:
        """A header's value."""
        pairs = (line.partition(b":") for line in self.head.split(b"\r\n")[1:])
        return next((value.strip().decode("latin-1") for key, _, value in pairs if key.lower() == name.encode()), None)


def connect(port: int, *, seconds: float = 30, buffer: int | None = None) -> socket.socket:
    """A connection; `buffer` bytes are received ahead, for clients that do not read."""
    one = socket.socket()
    if buffer is not None:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    one.settimeout(seconds)
    one.connect((HOST, port))
    return one


def request(method: str, path: str, body: bytes | None = None, **headers: str) -> bytes:
    """A request as it goes over the wire; `content_type` stands for Content-Type."""
    lines = {"host": HOST, **({} if body is None else {"content-type": "application/json"})}
    if body is not None:
        lines["content-length"] = str(len(body))
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value != "")
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("utf-8", "surrogateescape") + (body or b"")


def post(path: str, content: Any, **headers: str) -> bytes:
    """A POST of JSON."""
    return request("POST", path, json.dumps(content).encode(), **headers)


def talk(question: Any = "What?", **fields: Any) -> dict[str, Any]:
    """The body of a chat request."""
    return {"model": "tiny", "messages": [{"role": "user", "content": question}], **fields}


def chat(question: Any = "What?", *, headers: dict[str, str] | None = None, **fields: Any) -> bytes:
    """A chat request."""
    return post("/v1/chat/completions", talk(question, **fields), **(headers or {}))


def read(one: socket.socket) -> Reply:
    """Everything until the reply is whole or the connection ends."""
    start, raw = time.monotonic(), b""
    while not _is_whole(raw):
        try:
            more = one.recv(65536)
        except (ConnectionError, TimeoutError):
            break
        if not more:
            break
        raw += more
    seconds = time.monotonic() - start
    head, _, rest = raw.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    status = int(words[1]) if raw.startswith(b"HTTP/1.") and len(words) > 1 and words[1].isdigit() else 0
    return Reply(status, head, _joined(rest) if _is_chunked(head) else rest, _is_whole(raw), seconds)


def end_of(reply: Reply) -> str:
    """How an answer ended: `answer`, `error`, `cut`, or `seems whole` where neither the end nor an error is told."""
    if reply.error:
        return "error"
    if not reply.is_whole:
        return "cut"
    if b"chat.completion.chunk" in reply.body:
        if reply.body.endswith(b"data: [DONE]\n\n"):
            return "answer"
        last = reply.body.rstrip().rsplit(b"data: ", 1)[-1]
        return "error" if "error" in json.loads(last) else "seems whole"
    return "answer" if json.loads(reply.body)["choices"][0]["finish_reason"] else "seems whole"


def ask(port: int, raw: bytes, *, seconds: float = 30) -> Reply:
    """Sends bytes on a connection of its own and reads the reply. A server that closes while we send is no failure."""
    with connect(port, seconds=seconds) as one:
        with suppress(ConnectionError, TimeoutError):
            one.sendall(raw)
        return read(one)


def _is_chunked(head: bytes) -> bool:
    return b"transfer-encoding: chunked" in head.lower()


def _is_whole(raw: bytes) -> bool:
    head, end, body = raw.partition(b"\r\n\r\n")
    if not end:
        return False
    if _is_chunked(head):
        return body.endswith(b"0\r\n\r\n") and (body == b"0\r\n\r\n" or body.endswith(b"\r\n0\r\n\r\n"))
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(lengths) and len(body) >= int(lengths[0])


def _joined(body: bytes) -> bytes:
    made, rest = b"", body
    while rest:
        size, mark, rest = rest.partition(b"\r\n")
        if not mark or not size or int(size, 16) == 0:
            break
        made, rest = made + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return made
