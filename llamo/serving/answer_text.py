"""The text of an answer while its tokens come: what can be shown already, and whether a stop text has come."""

from collections.abc import Sequence
from typing import Any

from tokenizers.decoders import DecodeStream


class AnswerText:
    """Text without white space around it, as `llamo.assistant` gives it.

    Args:
        tokenizer: for one thread at a time.
        stops: texts before which the answer ends.
    """

    def __init__(self, tokenizer: Any, stops: Sequence[str] = ()):
        self._tokenizer, self._stops = tokenizer, stops
        self._backend = getattr(tokenizer, "backend_tokenizer", None)
        self._stream = DecodeStream(skip_special_tokens=True)
        self._ids: list[int] = []
        self._text, self._shown = "", 0
        self.is_stopped = False

    def add(self, token: int) -> str:
        """Takes a token; gives the text that is new and final."""
        self._ids.append(token)
        if self._backend is not None:
            self._text += self._stream.step(self._backend, token) or ""
        else:  # a tokenizer in Python
            self._text = self._decode().rstrip("\ufffd")
        self._cut()
        return self._show(self._text[: len(self._text) - (0 if self.is_stopped else self._doubtful())])

    def finish(self, ids: Sequence[int]) -> tuple[str, str]:
        """The whole text of these tokens, and what of it is new."""
        if not self.is_stopped:
            self._ids = list(ids)
            self._text = self._decode()
            self._cut()
        return self._text.strip(), self._show(self._text)

    def _decode(self) -> str:
        return self._tokenizer.decode(self._ids, skip_special_tokens=True)

    def _cut(self):
        places = [place for place in map(self._text.find, self._stops) if place >= 0]
        if places:
            self._text, self.is_stopped = self._text[: min(places)], True

    def _doubtful(self) -> int:
        """Characters at the end that may be the beginning of a stop text."""
        lengths = (
            length for stop in self._stops for length in range(1, len(stop)) if self._text.endswith(stop[:length])
        )
        return max(lengths, default=0)

    def _show(self, text: str) -> str:
        ready = text.strip()
        fresh = ready[self._shown :]
        self._shown = max(self._shown, len(ready))
        return fresh
