"""Conversations written by a chat endpoint: concurrent, limited, retried, every reply kept. Knows no form of output."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from llamo.baselines.asking import ask_many
from llamo.baselines.chat_request import ChatRequest
from llamo.baselines.endpoint_options import EndpointOptions
from llamo.baselines.reply import Reply
from llamo.baselines.reply_source import ReplySource
from llamo.baselines.retries import Refusal
from llamo.instructions.material import Material
from llamo.instructions.prompting import Prompting, draft_of
from llamo.instructions.writer import Draft


@dataclass(frozen=True)
class _Asked:
    material: Material
    request: ChatRequest


class EndpointWriter:
    """Asks an OpenAI-compatible endpoint.

    Args:
        model: as the endpoint calls it.
        options: where and how it is asked.
        prompting: what it is told.
    """

    batch_size = 32
    can_retry = True

    def __init__(self, model: str, options: EndpointOptions, prompting: Prompting):
        self.model, self.options, self.prompting = model, options, prompting
        self._source = ReplySource(options)
        self._any_answered = False

    def settings(self) -> dict[str, Any]:
        """See `Writer`."""
        request = self.options.request(self.model, [], max_tokens=self.prompting.max_tokens)
        return {
            "backend": "endpoint",
            "base_url": self.options.base_url,
            "request": {name: value for name, value in request.fields.items() if name != "messages"},
            **self.prompting.settings(),
        }

    def notes(self) -> str:
        """Replies, tokens and cost; those from the cache do not count."""
        return str(self._source.spending)

    def write(self, materials: Sequence[Material], *, attempt: int) -> Iterator[Draft]:
        """See `Writer`. A row that the endpoint refuses, others not, is a draft with that reason.

        Raises:
            ValueError: it refuses all, gives up, or the cost is or would be above `max_cost`.
        """
        asked = [_Asked(one, self._request(one, attempt)) for one in materials]
        self._source.check_estimate([one.request for one in asked])
        for one, reply in ask_many(self._source, asked, self._reply, row_of=lambda one: one.material.row):
            yield _draft(one.material, reply)

    def _request(self, material: Material, attempt: int) -> ChatRequest:
        chat = self.prompting.messages(material, attempt=attempt)
        return self.options.request(self.model, chat, max_tokens=self.prompting.max_tokens, sample=attempt)

    def _reply(self, asked: _Asked) -> Reply | Refusal:
        try:
            reply = self._source.get(asked.request, label=f"row {asked.material.row}")
        except Refusal as refusal:
            if refusal.of_all or not self._any_answered:
                raise
            return refusal
        self._any_answered = True
        return reply


def _draft(material: Material, reply: Reply | Refusal) -> Draft:
    if isinstance(reply, Refusal):
        return Draft(material, reason=f"refused: {reply}")
    if reply.finish_reason not in ("stop", None):
        return Draft(material, reason=f"finish_reason {reply.finish_reason}", text=reply.text)
    return draft_of(material, reply.text)
