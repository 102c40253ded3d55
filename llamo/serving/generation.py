"""One answer in the making, from the queue to its last token. Knows no batch and no HTTP."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from llamo.serving.answer_text import AnswerText
from llamo.serving.errors import RequestError
from llamo.serving.next_token import NextToken, Sampling, TokenLogprob
from llamo.serving.prompts import Prompt


@dataclass(frozen=True)
class Piece:
    """New text of a streamed answer, with the probabilities of the token that brought it where they were asked for."""

    text: str
    logprobs: tuple[TokenLogprob, ...] = ()


@dataclass(frozen=True)
class Finish:
    """The end of an answer.

    Attributes:
        reason: `stop` or `length`.
        text: the whole answer.
        rest: what of it no `Piece` has brought.
        prompt_tokens: read, graph tokens included.
        answer_tokens: made, the end token included.
        logprobs: of all tokens but the end token.
        told: how many of those pieces have brought.
    """

    reason: str
    text: str
    rest: str
    prompt_tokens: int
    answer_tokens: int
    logprobs: tuple[TokenLogprob, ...]
    told: int


@dataclass(eq=False)
class Generation:
    """An answer in the making.

    Attributes:
        prompt: what the model reads.
        max_tokens: of the answer.
        send: gets pieces and the finish, or an error; called on the model's thread.
        deadline: of `time.monotonic`.
        sampling: how tokens are chosen.
        stops: texts before which the answer ends.
        stream: send pieces.
        started: when the request came.
        is_cancelled: nobody waits for it any more; set from any thread, it leaves before its next token.
    """

    prompt: Prompt
    max_tokens: int
    send: Callable[[Piece | Finish | RequestError], None]
    deadline: float
    sampling: Sampling = field(default_factory=Sampling)
    stops: Sequence[str] = ()
    stream: bool = False
    started: float = field(default_factory=time.monotonic)
    is_cancelled: bool = False
    tokens: list[int] = field(default_factory=list, init=False)
    logprobs: list[TokenLogprob] = field(default_factory=list, init=False)
    _told: int = field(default=0, init=False)
    _chooser: NextToken = field(init=False)
    _text: AnswerText = field(init=False)

    def is_unwanted(self, now: float) -> bool:
        """Whether nobody waits for it, or it is too late."""
        return self.is_cancelled or self.deadline < now

    def begin(self, model: Any, tokenizer: Any):
        """Readies it for its first token."""
        self._chooser = NextToken(model, self.prompt.ids, self.max_tokens, self.sampling)
        self._text = AnswerText(tokenizer, self.stops)

    def take(self, logits: torch.Tensor) -> bool:
        """Chooses the next token from logits (V,); gives whether the answer ends with it."""
        token, logprob = self._chooser.choose(logits)
        self.tokens.append(token)
        if token in self._chooser.ends:
            return self._finish("stop")
        if logprob is not None:
            self.logprobs.append(logprob)
        fresh = self._text.add(token) if self.stream or self.stops else ""
        if self._text.is_stopped or len(self.tokens) == self.max_tokens:
            return self._finish("stop" if self._text.is_stopped else "length", fresh)
        if self.stream and (fresh or logprob):
            self.send(Piece(fresh, tuple(self.logprobs[self._told :])))
            self._told = len(self.logprobs)
        return False

    def _finish(self, reason: str, fresh: str = "") -> bool:
        text, rest = self._text.finish([token for token in self.tokens if token not in self._chooser.ends])
        counts = (len(self.prompt.ids), len(self.tokens))
        self.send(Finish(reason, text, fresh + rest, *counts, tuple(self.logprobs), self._told))
        return True
