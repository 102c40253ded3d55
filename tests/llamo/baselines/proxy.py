"""An HTTP server between a client and a chat endpoint: it passes requests on, answers by itself, or fails on demand."""

import http.client
import io
import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Action = Callable[["Handler"], None]


@dataclass(frozen=True)
class Request:
    """A request that came in."""

    time: float
    body: dict[str, Any]
    authorization: str | None

    @property
    def question(self) -> str:
        return self.body["messages"][-1]["content"]


class Proxy:
    """Listens on a free port.

    Attributes:
        requests: all that came in.
        actions: what is done with the next ones instead of passing them on, one each.
        always: what is done with a request after that; None passes it on.
    """

    def __init__(self, upstream: str | None = None):
        self.upstream = upstream
        self.requests: list[Request] = []
        self.actions: deque[Action] = deque()
        self.always: Callable[[Request], Action | None] = lambda request: None
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"proxy": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def next_action(self, request: Request) -> Action:
        with self._lock:
            self.requests.append(request)
            planned = self.actions.popleft() if self.actions else None
        return planned or self.always(request) or pass_on

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    proxy: Proxy
    content = b""

    def do_POST(self):
        self.content = self.rfile.read(int(self.headers["Content-Length"]))
        request = Request(time.monotonic(), json.loads(self.content), self.headers["Authorization"])
        self.proxy.next_action(request)(self)

    def respond(self, status: int, content: bytes, *, kind: str = "application/json", length: int = 0, **headers: str):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(length or len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any):
        """Keeps quiet."""


def pass_on(handler: Handler):
    assert handler.proxy.upstream, "nothing to pass a request on to"
    connection = http.client.HTTPConnection(handler.proxy.upstream, timeout=60)
    connection.request("POST", handler.path, handler.content, {"Content-Type": "application/json"})
    response = connection.getresponse()
    handler.respond(response.status, response.read())
    connection.close()


def say(text: str | None, **choice: Any) -> Action:
    """A completion with this text, of 10 + 2 tokens."""
    completion = {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "canned",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}, **choice}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12},
    }
    return lambda handler: handler.respond(200, json.dumps(completion).encode())


def status(code: int, message: str = "no", error_code: str | None = None, **headers: str) -> Action:
    """An error as OpenAI writes it."""
    content = json.dumps({"error": {"message": message, "code": error_code}}).encode()
    return lambda handler: handler.respond(code, content, **headers)


def content(text: str, *, kind: str = "application/json") -> Action:
    """Anything at all, with status 200."""
    return lambda handler: handler.respond(200, text.encode(), kind=kind)


def echo_key(handler: Handler):
    """401 with the key in the message."""
    status(401, f"Incorrect API key provided: {handler.headers['Authorization']}")(handler)


def cut_off(handler: Handler):
    """Says that 1,000 bytes come, sends 20 and closes."""
    handler.respond(200, b'{"choices": [{"mess', length=1000)


def reset(handler: Handler):
    """Breaks the connection off with RST."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.rfile, handler.wfile = io.BytesIO(), io.BytesIO()  # nothing is left to flush


def hang(seconds: float) -> Action:
    """Says nothing for so long."""

    def wait(handler: Handler):
        time.sleep(seconds)
        handler.close_connection = True

    return wait
