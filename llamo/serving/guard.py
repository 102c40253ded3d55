"""What stands before every route: the key, the size of a body, security headers, counts. Knows ASGI only."""

import asyncio
import hmac
import json
import logging
from typing import Any

from llamo.serving.errors import RequestError, failed
from llamo.serving.metrics import Metrics

# Seconds in which a body must have come.
_BODY_SECONDS = 30
_PROTECTED = ("/v1/", "/metrics", "/draw")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The molecule editor writes scripts and styles into its document. It gets no origin and no connection, so that it
# reaches neither the page around it nor the server.
_EDITOR = "/editor/"
_EDITOR_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts"
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_COUNTED = ("/v1/chat/completions", "/v1/embeddings", "/v1/explanations", "/v1/models", "/draw", "/health", "/metrics")
logger = logging.getLogger(__name__)


class Guard:
    """ASGI middleware.

    Args:
        app: behind it.
        key: that requests to `/v1/`, `/metrics` and `/draw` must bring; None for none.
        largest: bytes of a body.
        metrics: to count in.
    """

    def __init__(self, app: Any, *, key: str | None, largest: int, metrics: Metrics):
        self._app, self._key, self._largest, self._metrics = app, key, largest, metrics

    async def __call__(self, scope: Any, receive: Any, send: Any):
        """Lets a request through, or answers it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 499  # nobody was there to be answered

        async def answered(message: Any):
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                policy = _EDITOR_POLICY if scope["path"].startswith(_EDITOR) else _POLICY
                headers = {**_HEADERS, "content-security-policy": policy}
                extra = [(name.encode(), value.encode()) for name, value in headers.items()]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        try:
            self._check_key(scope)
            whole = await self._whole_body(scope, receive)
            if whole is not None:
                await self._app(scope, whole, answered)
        except RequestError as error:
            await _refuse(error, answered)
        except Exception:
            if status != 499:  # the answer has begun: its end is missing, which tells the client
                raise
            logger.exception("a request failed")
            await _refuse(failed(), answered)
        finally:
            path = scope["path"] if scope["path"] in _COUNTED else "other"
            self._metrics.add("llamo_requests_total", path=path, status=str(status))

    def _check_key(self, scope: Any):
        if self._key is None or not scope["path"].startswith(_PROTECTED):
            return
        given = dict(scope["headers"]).get(b"authorization", b"")
        if not hmac.compare_digest(given, b"Bearer " + self._key.encode()):
            message = "wrong or missing API key; send it as Authorization: Bearer KEY"
            raise RequestError(message, status=401, code="invalid_api_key")

    async def _whole_body(self, scope: Any, receive: Any) -> Any:
        """Reads the body, if it is not too large; gives a `receive` that hands it on, None if the client went away."""
        if scope["method"] != "POST":
            return receive
        self._check_size(int(dict(scope["headers"]).get(b"content-length", 0)))
        body, more = bytearray(), True
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    body += message.get("body", b"")
                    more = message.get("more_body", False)
                    self._check_size(len(body))
        except TimeoutError:
            raise RequestError("the request's body did not come; send it again", status=408) from None
        left = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def again() -> Any:
            return left.pop() if left else await receive()

        return again

    def _check_size(self, size: int):
        if size > self._largest:
            message = f"the request has more than {self._largest} bytes; send less"
            raise RequestError(message, status=413, code="too_large")


async def _refuse(error: RequestError, send: Any):
    body = json.dumps(error.body()).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body)), **error.headers()}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
