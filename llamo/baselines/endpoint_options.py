"""How a chat endpoint is asked, as typed settings. Knows no network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from llamo.baselines.chat_request import ChatRequest
from llamo.baselines.cost import Prices

# Fields of a request that are not for the user to change: each request asks one question and gets one whole reply.
_FIXED = {"model", "messages", "stream", "n"}


@dataclass(frozen=True)
class EndpointOptions:
    """Of an endpoint that speaks OpenAI's chat completions.

    Attributes:
        cache_folder: keeps every reply; one folder may serve several tasks, models and runs.
        base_url: up to `/v1`.
        api_key_variable: environment variable that holds the key; a server that needs none does not look at it.
        system: opening message; None for none.
        temperature: None leaves it to the endpoint.
        seed: of sampling, counted up from sample to sample; None leaves it to the endpoint.
        max_tokens: of a reply; None takes the task's.
        samples: replies to each question, of which the most frequent answer counts.
        logprobs: ask for log-probabilities.
        extra: more fields of the request, such as `{"top_p": 0.9}`; None takes a field out, as in
            `{"max_tokens": None, "max_completion_tokens": 500}` for models that know the newer name only.
        timeout: seconds without a sign of the endpoint.
        attempts: at one request.
        first_wait: seconds before the second attempt; twice as many before each next one.
        longest_wait: seconds that they never exceed.
        concurrency: requests at a time.
        requests_per_minute: None for no limit.
        tokens_per_minute: of prompts and replies, roughly counted; None for no limit.
        input_price: of a million prompt tokens, in any currency.
        output_price: of a million reply tokens.
        max_cost: of one run, which does not start where the estimate is above and stops where what was spent is above.
    """

    cache_folder: str | Path
    base_url: str = "https://api.openai.com/v1"
    api_key_variable: str = "OPENAI_API_KEY"
    system: str | None = None
    temperature: float | None = 0.0
    seed: int | None = 0
    max_tokens: int | None = None
    samples: int = 1
    logprobs: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    timeout: float = 120.0
    attempts: int = 8
    first_wait: float = 1.0
    longest_wait: float = 60.0
    concurrency: int = 4
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    input_price: float | None = None
    output_price: float | None = None
    max_cost: float | None = None

    def __post_init__(self):
        self._check_url()
        self._check_numbers()
        if fixed := sorted(_FIXED & set(self.extra)):
            raise ValueError(f"extra must not hold {', '.join(fixed)}; the baseline sets or needs them otherwise")
        if self.samples > 1 and self.temperature == 0:
            raise ValueError(f"{self.samples} samples at temperature 0 are all the same; set one such as 0.7")
        if (self.input_price is None) != (self.output_price is None):
            raise ValueError("a price is missing: give input_price and output_price, of a million tokens each")
        if self.max_cost is not None and self.prices is None:
            raise ValueError(f"max_cost {self.max_cost} needs input_price and output_price, of a million tokens each")

    @property
    def prices(self) -> Prices | None:
        """If they were given."""
        if self.input_price is None or self.output_price is None:
            return None
        return Prices(self.input_price, self.output_price)

    def request(
        self, model: str, messages: Sequence[Mapping[str, str]], *, max_tokens: int, sample: int = 0
    ) -> ChatRequest:
        """A request.

        Args:
            model: as the endpoint calls it.
            messages: the chat.
            max_tokens: of a reply, where the options do not say.
            sample: number among samples of the same question.
        """
        fields = {
            "model": model,
            "messages": messages,
            "temperature": self.temperature,
            "seed": None if self.seed is None else self.seed + sample,
            "max_tokens": self.max_tokens or max_tokens,
            "logprobs": self.logprobs or None,
            **self.extra,
        }
        return ChatRequest({name: value for name, value in fields.items() if value is not None}, sample)

    def _check_url(self):
        parts = urlsplit(self.base_url)
        if parts.username or parts.password or parts.query:
            raise ValueError(
                "base_url must hold no user, password or query, since it is stored with the answers; "
                f"put the key into the environment variable {self.api_key_variable}"
            )
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"base_url must be such as https://api.openai.com/v1, got {self.base_url!r}")

    def _check_numbers(self):
        for name in ("samples", "attempts", "concurrency"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        for name in ("max_tokens", "timeout", "requests_per_minute", "tokens_per_minute"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"{name} must be above 0, got {value}")
        for name in ("temperature", "first_wait", "longest_wait", "input_price", "output_price", "max_cost"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise ValueError(f"{name} must not be below 0, got {value}")
