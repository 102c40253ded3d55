"""One request to a chat endpoint, with its failures sorted into those that may pass and those that will not.

The client's own retries are off. The key is read from the environment and is in no message of ours.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from llamo.baselines.chat_request import ChatRequest
from llamo.baselines.endpoint_options import EndpointOptions
from llamo.baselines.reply import Reply, read_reply
from llamo.baselines.retries import Refusal, TransientFailure

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI

# Beside 5xx: timeouts, conflicts and rate limits.
_PASSING = {408, 409, 425, 429}
# Refusals that have nothing to do with the question.
_OF_ALL = {401, 402, 403, 404}
_SPENT = "insufficient_quota"
# For servers that need none: they take any text.
NO_KEY = "none"
# Characters of a server's message that ours keeps.
_SHOWN = 200


class ChatClient:
    """Asks one endpoint, from any thread.

    Args:
        options: its address and more.

    Raises:
        ValueError: the client's package is not installed.
    """

    def __init__(self, options: EndpointOptions):
        self.url = f"{options.base_url.rstrip('/')}/chat/completions"
        self._variable = options.api_key_variable
        self._client = _open_client(options)

    def ask(self, request: ChatRequest) -> Reply:
        """The reply to a request.

        Raises:
            TransientFailure: no connection, no time, a server that is busy or broken, or half a reply.
            Refusal: it will be refused again.
        """
        import openai

        known = {name: request.fields[name] for name in ("model", "messages")}
        extra = {name: value for name, value in request.fields.items() if name not in known}
        try:
            completion = self._client.chat.completions.create(**known, extra_body=extra)
            return read_reply(completion)
        except openai.APIStatusError as error:
            raise self._failure(error) from None
        except openai.APITimeoutError:
            raise TransientFailure(f"no answer in time from {self.url}") from None
        except (openai.APIError, ValueError) as error:  # a connection that broke off, or what came is no reply
            raise TransientFailure(f"{self._safe(error)} ({self.url})") from None

    def _failure(self, error: "APIStatusError") -> Exception:
        status, said = error.status_code, self._safe(error)
        if error.code != _SPENT and (status in _PASSING or status >= 500):
            return TransientFailure(f"status {status} from {self.url} ({said})", _retry_after(error.response.headers))
        of_all = status in _OF_ALL or error.code == _SPENT
        return Refusal(f"status {status} from {self.url}: {said}; {self._remedy(status)}", of_all=of_all)

    def _remedy(self, status: int) -> str:
        remedies = {
            401: f"put a valid key into the environment variable {self._variable}",
            402: "the account needs credit",
            403: f"the key in {self._variable} may not use this model; ask for access or use another key",
            404: "check the base URL, which mostly ends in /v1, and the model's name",
            413: "show fewer examples",
            429: "the account's quota is used up; run again when there is more",
        }
        return remedies.get(status, "leave out what the endpoint does not know, or shorten the question")

    def _safe(self, error: Exception) -> str:
        """What an error says, in one short line without the key."""
        text, key = str(error), _key(self._variable)
        text = " ".join((text if key == NO_KEY else text.replace(key, "[key]")).split())
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}.."


def _key(variable: str) -> str:
    return os.environ.get(variable, "").strip() or NO_KEY


def _open_client(options: EndpointOptions) -> "OpenAI":
    try:
        from openai import OpenAI
    except ImportError:
        raise ValueError("chat endpoints need the package openai; run: pip install 'llamo[openai]'") from None
    key = _key(options.api_key_variable)
    return OpenAI(base_url=options.base_url, api_key=key, max_retries=0, timeout=options.timeout)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds in `Retry-After`, which holds a number or a date."""
    text = headers.get("retry-after")
    if text is None:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
