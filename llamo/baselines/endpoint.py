"""Any chat endpoint that speaks OpenAI's protocol, asked in text: zero-shot, or shown similar training examples.

Every reply is on disk before it counts. A run that was killed, spent its budget or left rows without an answer asks
only what is missing when it is started again.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llamo.baselines.asking import ask_many
from llamo.baselines.chat_request import ChatRequest
from llamo.baselines.endpoint_options import EndpointOptions
from llamo.baselines.few_shot import chat_messages
from llamo.baselines.neighbours import Neighbours
from llamo.baselines.reply import Reply
from llamo.baselines.reply_source import ReplySource
from llamo.evaluation.agreement import agreement
from llamo.evaluation.answer import Answer

if TYPE_CHECKING:
    from llamo.tasks.task import Example, Task


@dataclass(frozen=True)
class _Question:
    """An example and its requests, one per sample."""

    example: "Example"
    requests: Sequence[ChatRequest]


class EndpointAnswerer:
    """Asks a chat endpoint.

    Args:
        model: as the endpoint calls it.
        task: says how answers are read.
        options: where and how it is asked.
        train: the task's training examples, for `shots`.
        shots: the most similar training examples, shown as earlier turns, the most similar last.

    Raises:
        ValueError: there are no training examples for shots.
    """

    def __init__(
        self,
        model: str,
        task: "Task",
        options: EndpointOptions,
        *,
        train: "Sequence[Example]" = (),
        shots: int = 0,
    ):
        if shots < 0:
            raise ValueError(f"shots must not be below 0, got {shots}")
        self.model, self.task, self.options, self.shots = model, task, options, shots
        self._train = Neighbours(train) if shots else None
        self._source = ReplySource(options)

    @property
    def name(self) -> str:
        """In tables."""
        samples = f", majority of {self.options.samples}" if self.options.samples > 1 else ""
        return f"{self.model}, {f'{self.shots}-shot' if self.shots else 'zero-shot'}{samples}"

    def settings(self) -> dict[str, Any]:
        """All that the answers depend on."""
        request = self.options.request(self.model, [], max_tokens=self.task.max_new_tokens)
        return {
            "base_url": self.options.base_url,
            "request": dict(request.fields),
            "samples": self.options.samples,
            "system": self.options.system,
            "shots": self.shots,
            **(self._train.settings() if self._train else {}),
        }

    def notes(self) -> list[str]:
        """What was asked so far, and its cost where prices are known; replies from the cache do not count."""
        return [f"{self.model}: {self._source.spending}"]

    def answer(self, examples: "Sequence[Example]", *, done: Container[int] = ()) -> Iterator[Answer]:
        """Answers as they come, those in the cache first; rows that failed are named when all others are answered.

        Raises:
            ValueError: the endpoint refuses, the cost is or would be above `max_cost`, or rows have no answer.
        """
        questions = [self._question(example) for example in examples if example.row not in done]
        self._source.check_estimate([request for question in questions for request in question.requests])
        asked = []
        for question in questions:
            replies = [self._source.known(request) for request in question.requests]
            known = [reply for reply in replies if reply is not None]
            if len(known) == len(replies):
                yield self._answer(question, known)
            else:
                asked.append(question)
        if asked:
            for question, replies in ask_many(self._source, asked, self._replies, row_of=_row_of):
                yield self._answer(question, replies)

    def _question(self, example: "Example") -> _Question:
        nearest = self._train.nearest(example, self.shots) if self._train else []
        shown = [neighbour.example for neighbour in reversed(nearest)]
        messages = chat_messages(example, shown, system=self.options.system)
        longest = self.task.max_new_tokens
        return _Question(
            example,
            [
                self.options.request(self.model, messages, max_tokens=longest, sample=sample)
                for sample in range(self.options.samples)
            ],
        )

    def _replies(self, question: _Question) -> list[Reply]:
        label = f"row {question.example.row}"
        return [self._source.get(request, label=label) for request in question.requests]

    def _answer(self, question: _Question, replies: Sequence[Reply]) -> Answer:
        example = question.example
        parsed = [self.task.parse(reply.text) for reply in replies]
        majority, share = agreement(parsed, self.task.answer)
        chosen = replies[parsed.index(majority)]
        is_sampled = len(replies) > 1
        return Answer(
            example.smiles,
            chosen.text,
            example.target,
            row=example.row,
            prompt=example.prompt,
            group=example.group,
            log_probability=chosen.log_probability,
            num_tokens=chosen.scored_tokens or chosen.completion_tokens,
            agreement=share if is_sampled else None,
            score=_share_of_yes(parsed) if is_sampled and self.task.answer == "yes_no" else None,
            source=_note(chosen),
        )


def _row_of(question: _Question) -> int:
    return question.example.row


def _share_of_yes(parsed: Sequence[str]) -> float | None:
    """Among the samples that say yes or no."""
    said = [text.casefold() for text in parsed if text]
    return said.count("yes") / len(said) if said else None


def _note(reply: Reply) -> str | None:
    if reply.finish_reason in ("stop", None):
        return None
    cut_off = "cut off, " if reply.finish_reason == "length" else ""
    return f"{cut_off}finish_reason {reply.finish_reason}"
