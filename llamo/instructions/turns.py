"""Reads the turns out of what a language model wrote. What is no conversation gives a reason; nothing is repaired."""

import json
import re
from collections.abc import Sequence

from llamo.checking.conversation import Turn

_LABELS = {"q": "Q", "question": "Q", "user": "Q", "human": "Q", "chemist": "Q"}
_LABELS |= {"a": "A", "answer": "A", "assistant": "A"}
_LABEL = re.compile(
    rf"^[\s>*_#-]*(?:\d+[.)]\s*)?[*_]*(?P<label>{'|'.join(_LABELS)})(?:uestion|nswer)? ?\d*[*_]*\s*[:.)][*_]*\s*", re.I
)
_FENCE = re.compile(r"^```\w*\s*\n(.*?)\n?```\s*$", re.S)
_THOUGHT = re.compile(r"<think>.*?</think>", re.S)


class NoConversation(ValueError):
    """A text that holds no turns, with the reason."""


def read_turns(text: str) -> list[Turn]:
    """Questions and answers in order.

    Args:
        text: lines that begin with Q: and A: (or Question, User, Human, Answer, Assistant), or a JSON list of pairs, of
            objects with `question` and `answer`, or of messages with `role` and `content`.

    Raises:
        NoConversation: it is none of these, or a question has no answer.
    """
    plain = _THOUGHT.sub("", text).strip()
    fenced = _FENCE.match(plain)
    plain = fenced[1].strip() if fenced else plain
    if plain.startswith(("[", "{")):
        return _from_json(plain)
    return _paired(_labelled(plain))


def _labelled(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        match = _LABEL.match(line)
        if match is not None:
            found.append((_LABELS[match["label"].lower()], [line[match.end() :]]))
        elif found:
            found[-1][1].append(line)
        elif line.strip():
            raise NoConversation("text before the first question")
    return [(label, " ".join(" ".join(lines).split())) for label, lines in found]


def _paired(spoken: Sequence[tuple[str, str]]) -> list[Turn]:
    if not spoken:
        raise NoConversation("no line begins with Q:")
    labels = [label for label, _ in spoken]
    if labels != ["Q", "A"] * (len(labels) // 2):
        raise NoConversation("questions and answers do not take turns")
    return [Turn(spoken[place][1], spoken[place + 1][1]) for place in range(0, len(spoken), 2)]


def _from_json(text: str) -> list[Turn]:
    try:
        rows = json.loads(text)
    except ValueError:
        raise NoConversation("broken JSON") from None
    if isinstance(rows, dict):
        rows = next((value for value in rows.values() if isinstance(value, list)), None)
    try:
        return _paired([spoken for row in rows or () for spoken in _spoken(row)])
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, NoConversation):
            raise
        raise NoConversation("JSON of another shape") from None


def _spoken(row: object) -> list[tuple[str, str]]:
    if isinstance(row, list):
        question, answer = row
        return [("Q", str(question).strip()), ("A", str(answer).strip())]
    assert isinstance(row, dict)
    if "role" in row:
        return [(_LABELS[str(row["role"]).lower()], str(row["content"]).strip())]
    return [("Q", str(row["question"]).strip()), ("A", str(row["answer"]).strip())]
