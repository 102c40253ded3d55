"""What an endpoint replies to one question, and how it is read out of a chat completion whose fields nobody checked."""

from dataclasses import asdict, dataclass
from typing import Any

# Characters of something that is no completion, in an error.
_SHOWN = 80


@dataclass(frozen=True)
class Reply:
    """One reply.

    Attributes:
        text: the answer; empty where the endpoint gave none.
        finish_reason: why it ends there: "stop", "length", "content_filter", ..
        prompt_tokens: None where the endpoint does not count; so for the following.
        completion_tokens: of the answer, with what a reasoning model thinks.
        log_probability: of the answer's tokens, summed, in nats.
        scored_tokens: whose log-probabilities these are.
    """

    text: str
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    log_probability: float | None = None
    scored_tokens: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def read_reply(completion: Any) -> Reply:
    """The reply in a `ChatCompletion`.

    Raises:
        ValueError: there is no message in it.
    """
    try:
        choice = completion.choices[0]
        text = choice.message.content
    except (AttributeError, IndexError, TypeError):
        raise ValueError(f"no chat completion: {_shown(completion)}") from None
    if text is not None and not isinstance(text, str):
        raise ValueError(f"no text in a chat completion: {_shown(text)}")
    usage = getattr(completion, "usage", None)
    return Reply(
        _encodable(text or "").strip(),
        getattr(choice, "finish_reason", None),
        getattr(usage, "prompt_tokens", None),
        getattr(usage, "completion_tokens", None),
        *_log_probability(choice),
    )


def _encodable(text: str) -> str:
    """Without halves of characters, which JSON can hold but a file cannot."""
    return text.encode(errors="replace").decode()


def _log_probability(choice: Any) -> tuple[float | None, int | None]:
    tokens = getattr(getattr(choice, "logprobs", None), "content", None) or []
    values = [getattr(token, "logprob", None) for token in tokens]
    known = [value for value in values if value is not None]
    return (sum(known), len(known)) if known and len(known) == len(values) else (None, None)


def _shown(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}.."
