"""What a request can be refused with, in OpenAI's shape. Knows no web framework."""

from typing import Any

_TYPES = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}


class RequestError(ValueError):
    """A refused request.

    Args:
        message: got, expected, remedy, in one line.
        status: of HTTP.
        param: field of the request that is wrong.
        code: for programs.
        retry_after: seconds after which trying again may help.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        param: str | None = None,
        code: str | None = None,
        retry_after: int | None = None,
    ):
        super().__init__(message)
        self.message, self.status, self.param, self.code = _written(message), status, param and _written(param), code
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """The body of the response."""
        usual = "server_error" if self.status >= 500 else "invalid_request_error"
        kind = _TYPES.get(self.status, usual)
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}

    def headers(self) -> dict[str, str]:
        """Headers of the response."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


def _written(text: str) -> str:
    """As UTF-8 can write it: half of a surrogate pair, which JSON may hold, is told by its number."""
    return text.encode(errors="backslashreplace").decode()


def busy() -> RequestError:
    """The queue is full."""
    message = "all places in the queue are taken; try again later"
    return RequestError(message, status=429, code="queue_full", retry_after=1)


def stopping() -> RequestError:
    """The server takes nothing new, or its grace time is over."""
    return RequestError("the server is stopping; try again later", status=503, code="stopping", retry_after=10)


def timed_out(seconds: float, remedy: str = "ask for fewer tokens") -> RequestError:
    """A request took too long."""
    message = f"no complete answer within {seconds:g} s; {remedy}, or try again when fewer requests run"
    return RequestError(message, status=504, code="timeout")


def stuck() -> RequestError:
    """The model's thread does not come back from a step."""
    return RequestError("the model does not answer; try again later", status=504, code="timeout")


def failed() -> RequestError:
    """Our own bug, outside the model; the log of the server tells more."""
    return RequestError("the server failed; its log says why", status=500)


def broken() -> RequestError:
    """Our own bug, or the machine's memory; the log of the server tells more."""
    return RequestError("the model failed on this request; the server's log says why", status=500, code="model_failed")
