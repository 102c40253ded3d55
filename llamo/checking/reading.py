"""Instruction files as conversations: ours (docs/data.md), lists of question-answer pairs, single questions.

Beside the columns of docs/data.md: `qa`, a list of [question, answer] about `smiles`; `question` and `answer`, perhaps
with `input` and `input_format`; `context` with `description`, `iupac` and `properties`, as `llamo build-instructions`
writes it, or columns `description` and `iupac`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from llamo.checking.conversation import Context, Conversation, Turn
from llamo.data.bad_row import Problem
from llamo.data.reading import open_records
from llamo.data.schema import molecules_in, to_messages
from llamo.data.sources import DataSource
from processors.placeholders import GRAPH_TOKEN


def read_conversations(source: DataSource) -> Iterator[Conversation]:
    """The conversations of a file, in order.

    Raises:
        ValueError: the file cannot be read, or a row holds no conversation (`RowError`, with its number).
    """
    for number, record in open_records(source):
        yield conversation_of(record, number=number, source=source)


def conversation_of(record: Mapping[str, Any], *, number: int, source: DataSource) -> Conversation:
    """One row as a conversation.

    Raises:
        RowError: it holds none.
    """
    context = _context(record)
    if record.get("qa") is not None:
        turns = [Turn(str(question), str(answer)) for question, answer in _pairs(record["qa"], number, source)]
        return Conversation(number, _molecules(record.get("smiles")), tuple(turns), context)
    if record.get("question") is not None and "messages" not in record and "instruction" not in record:
        asked = Turn(_filled(record), "").question
        answers = _alternatives(record.get("answer"))
        return Conversation(
            number, _molecules(record.get("smiles")), tuple(Turn(asked, one) for one in answers), context
        )
    messages = to_messages(
        record,
        columns=source.columns,
        instruction=source.instruction,
        undo_doubled_backslashes=source.undo_doubled_backslashes,
        source=source.title,
        number=number,
    )
    return Conversation(number, tuple(molecules_in(messages)), tuple(_turns(messages)), context)


def _turns(messages: list[dict[str, Any]]) -> Iterator[Turn]:
    """Each answer with what was asked since the last one; of several system and user texts all count."""
    asked: list[str] = []
    for message in messages:
        text = _text(message["content"])
        if message["role"] == "user":
            asked.append(text)
        elif message["role"] == "assistant":
            yield Turn("\n".join(asked), text)
            asked = []


def _text(content: str | list[dict[str, str]]) -> str:
    parts = [content] if isinstance(content, str) else [part["text"] for part in content if part["type"] == "text"]
    return " ".join(" ".join(parts).replace(GRAPH_TOKEN, " ").split())


def _context(record: Mapping[str, Any]) -> Context:
    given = record.get("context")
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            given = {"description": given}
    found: Mapping[str, Any] = given if isinstance(given, Mapping) else record
    properties = found.get("properties")
    return Context(
        str(found.get("description") or ""),
        str(found.get("iupac") or ""),
        {str(name): str(value) for name, value in properties.items()} if isinstance(properties, Mapping) else {},
    )


def _pairs(qa: Any, number: int, source: DataSource) -> list[tuple[Any, Any]]:
    if not isinstance(qa, list) or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in qa):
        raise Problem("schema", "'qa' must be a list of pairs", "write [[question, answer], ..]", qa).at(
            source.title, number
        )
    return [(question, answer) for question, answer in qa]


def _filled(record: Mapping[str, Any]) -> str:
    given = record.get("input")
    if given is None:
        return str(record["question"])
    return str(record["question"]) + str(record.get("input_format") or "\n{}").replace("{}", str(given))


def _alternatives(answer: Any) -> list[str]:
    """Answers that are all right; some files write such a list as text."""
    if isinstance(answer, str) and answer.startswith("[") and answer.endswith("]"):
        try:
            answer = json.loads(answer)
        except ValueError:
            return [answer]
    return [str(one) for one in answer] if isinstance(answer, list) else [str(answer)]


def _molecules(smiles: Any) -> tuple[str, ...]:
    if smiles is None:
        return ()
    return tuple(smiles) if isinstance(smiles, list | tuple) else (str(smiles),)
