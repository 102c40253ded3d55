"""Answers in OpenAI's shapes, as plain dictionaries. Knows no HTTP and no model."""

import base64
import struct
import time
import uuid
from collections.abc import Sequence
from typing import Any

from llamo.serving.generation import Finish
from llamo.serving.next_token import TokenLogprob


class ChatReply:
    """The shapes of one chat answer, which share its id and time.

    Args:
        model: name of it.
        tokenizer: spells tokens where probabilities are reported.
        with_logprobs: whether they are.
    """

    def __init__(self, model: str, tokenizer: Any, *, with_logprobs: bool):
        self._tokenizer, self._with_logprobs = tokenizer, with_logprobs
        self._base = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": model}

    def whole(self, finish: Finish) -> dict[str, Any]:
        """A `chat.completion`."""
        message = {"role": "assistant", "content": finish.text}
        choice = {"index": 0, "message": message, "finish_reason": finish.reason}
        choice["logprobs"] = self._logprobs(finish.logprobs)
        return {**self._base, "object": "chat.completion", "choices": [choice], "usage": usage(finish)}

    def chunk(
        self, delta: dict[str, Any], logprobs: Sequence[TokenLogprob] = (), *, reason: str | None = None
    ) -> dict[str, Any]:
        """A `chat.completion.chunk`."""
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        choice["logprobs"] = self._logprobs(logprobs) if logprobs else None
        return {**self._base, "object": "chat.completion.chunk", "choices": [choice]}

    def last_chunk(self, finish: Finish) -> dict[str, Any]:
        """The chunk that tells the usage."""
        return {**self._base, "object": "chat.completion.chunk", "choices": [], "usage": usage(finish)}

    def _logprobs(self, found: Sequence[TokenLogprob]) -> dict[str, Any] | None:
        if not self._with_logprobs:
            return None
        rows = []
        for one in found:
            top = [self._spelled(token, logprob) for token, logprob in one.top]
            rows.append({**self._spelled(one.token, one.logprob), "top_logprobs": top})
        return {"content": rows, "refusal": None}

    def _spelled(self, token: int, logprob: float) -> dict[str, Any]:
        text = self._tokenizer.decode([token])
        is_part = "\ufffd" in text  # of a character that several tokens make
        return {"token": text, "logprob": logprob, "bytes": None if is_part else list(text.encode())}


def usage(finish: Finish) -> dict[str, int]:
    """Numbers of tokens."""
    total = finish.prompt_tokens + finish.answer_tokens
    return {
        "prompt_tokens": finish.prompt_tokens,
        "completion_tokens": finish.answer_tokens,
        "total_tokens": total,
    }


def embedding_list(vectors: Sequence[Sequence[float]], model: str, *, atoms: int, as_base64: bool) -> dict[str, Any]:
    """A list of embeddings; usage counts atoms."""
    data = [
        {"object": "embedding", "index": row, "embedding": _packed(vector) if as_base64 else list(vector)}
        for row, vector in enumerate(vectors)
    ]
    return {
        "object": "list",
        "data": data,
        "model": model,
        "usage": {"prompt_tokens": atoms, "total_tokens": atoms},
    }


def _packed(vector: Sequence[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
