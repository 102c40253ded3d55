"""The two spellings of a row, and the conversation it stands for. Knows no file, no RDKit, no tokenizer."""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from llamo.data.bad_row import Problem
from processors.conversation import MOLECULE_KEYS, molecule_of
from processors.placeholders import GRAPH_TOKEN

# Every column that has a meaning.
COLUMNS = ("messages", "molecules", "smiles", "instruction", "output", "system")
ROLES = ("system", "user", "assistant")


def to_messages(
    row: Mapping[str, Any],
    *,
    columns: Mapping[str, str | None] | None = None,
    instruction: str | Sequence[str] | None = None,
    undo_doubled_backslashes: bool = False,
    source: str = "data",
    number: int = 0,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """The conversation of one row, as `LlamoProcessor.encode_conversation` takes it.

    Args:
        row: has `messages` (with `molecules` or `smiles` beside texts that say `<graph>`), or `smiles`, `instruction`,
            `output` and perhaps `system`.
        columns: our names -> the row's. A column named here counts under that name only; None hides ours.
        instruction: takes the place of that column; of several, one is drawn by `seed` and `number`.
        undo_doubled_backslashes: read two backslashes in a molecule as one.
        source: where the row is from, for errors.
        number: its number there.
        seed: of the draw.

    Raises:
        RowError: the row does not follow the schema, in one line.
    """
    try:
        named = rename(row, columns or {})
        if named.get("messages") is not None:
            turns, beside = _read_turns(named["messages"]), _beside_messages(named)
        else:
            turns = _turns_of_columns(named, _draw(instruction, f"{seed}-{number}"))
            beside = _molecule_list(named.get("smiles"))
        _check_answers(turns)
        _place_molecules(turns, beside)
        for turn in turns:
            _finish(turn, undo_doubled_backslashes)
    except Problem as problem:
        raise problem.at(source, number) from None
    return turns


def rename(row: Mapping[str, Any], columns: Mapping[str, str | None]) -> dict[str, Any]:
    """The columns with a meaning, under our names."""
    taken = {*columns, *columns.values()}
    named = {name: row[name] for name in COLUMNS if name in row and name not in taken}
    return named | {ours: row.get(theirs) for ours, theirs in columns.items() if theirs is not None}


def molecules_in(messages: list[dict[str, Any]]) -> list[str]:
    """The molecules of a conversation, in order, as they are written."""
    parts = [part for message in messages if isinstance(message["content"], list) for part in message["content"]]
    return [part["smiles"] for part in parts if part["type"] == "molecule"]


def _schema(reason: str, remedy: str, value: Any) -> Problem:
    return Problem("schema", reason, remedy, value)


def _text(value: Any, name: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise _schema(f"{name} must be text", f"give '{name}' as a string", value)


def _draw(instruction: str | Sequence[str] | None, key: str) -> str | None:
    if instruction is None or isinstance(instruction, str):
        return instruction
    return random.Random(key).choice(instruction)


def _molecule_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _beside_messages(named: Mapping[str, Any]) -> list[Any]:
    if named.get("molecules") is not None and named.get("smiles") is not None:
        raise _schema("both 'molecules' and 'smiles' stand beside messages", "keep one of them", named["molecules"])
    given = named.get("molecules")
    return _molecule_list(named.get("smiles") if given is None else given)


def _turns_of_columns(named: Mapping[str, Any], constant: str | None) -> list[dict[str, Any]]:
    question = named.get("instruction") if constant is None else constant
    if question is None:
        raise _schema("there is no instruction", "fill the column 'instruction', or give one for the source", named)
    if named.get("output") is None:
        raise Problem("empty_output", "there is no output to learn", "fill the column 'output'", named)
    system = named.get("system")
    turns = [] if system in (None, "") else [_turn("system", _text(system, "system"))]
    turns.append(_turn("user", _text(question, "instruction")))
    turns.append(_turn("assistant", _text(named["output"], "output")))
    return turns


def _turn(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": [_text_part(text)]}


def _text_part(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


def _read_turns(messages: Any) -> list[dict[str, Any]]:
    if not isinstance(messages, list | tuple) or not messages:
        raise _schema("'messages' must be a list of turns", "see docs/data.md", messages)
    return [_read_turn(message) for message in messages]


def _read_turn(message: Any) -> dict[str, Any]:
    if not isinstance(message, Mapping) or message.get("role") not in ROLES:
        raise _schema(f"a turn needs a role of {', '.join(ROLES)}", "rename the roles of your data", message)
    role, content = message["role"], message.get("content")
    if isinstance(content, str):
        return _turn(role, content)
    if not isinstance(content, list | tuple):
        raise _schema("a turn's content is text or a list of parts", "see docs/data.md", message)
    return {"role": role, "content": [_read_part(part, role) for part in content]}


def _read_part(part: Any, role: str) -> dict[str, str]:
    kind = part.get("type") if isinstance(part, Mapping) else None
    if kind == "text":
        return _text_part(_text(part.get("text"), "text"))
    if kind != "molecule":
        raise _schema("content parts are of type text or molecule", "see docs/data.md", part)
    if role != "user":
        raise _schema(f"a molecule part stands in a turn of role {role}", "put it into a user turn", part)
    try:
        return {"type": "molecule", "smiles": molecule_of(dict(part), where="the part")}
    except ValueError:
        keys = ", ".join(MOLECULE_KEYS)
        raise _schema(f"a molecule part needs exactly one of {keys}", "give it as 'smiles'", part) from None


def _check_answers(turns: list[dict[str, Any]]):
    answers = [turn for turn in turns if turn["role"] == "assistant"]
    if not answers:
        roles = [turn["role"] for turn in turns]
        raise Problem("no_answer", "there is no assistant turn to learn", "add the answer", roles)
    for turn in answers:
        text = _joined(turn)
        if not text.strip():
            raise Problem("empty_output", "an answer is empty", "fill or remove it", text)


def _joined(turn: dict[str, Any]) -> str:
    return "".join(part["text"] for part in turn["content"] if part["type"] == "text")


def _place_molecules(turns: list[dict[str, Any]], beside: list[Any]):
    """Puts the molecules that stand beside the texts where these say `<graph>`, or in front of the first user turn."""
    users = [turn for turn in turns if turn["role"] == "user"]
    for turn in turns:
        if turn["role"] != "user" and GRAPH_TOKEN in _joined(turn):
            reason = f"{GRAPH_TOKEN} stands in a turn of role {turn['role']}"
            raise _schema(reason, "only user turns hold molecules", _joined(turn))
    places = sum(_joined(turn).count(GRAPH_TOKEN) for turn in users)
    has_parts = any(part["type"] == "molecule" for turn in users for part in turn["content"])
    if has_parts and (places or beside):
        raise _schema(
            f"molecules come as parts and by {GRAPH_TOKEN} or beside the messages", "keep one of the two", beside
        )
    if places and places != len(beside):
        raise _schema(f"{places} {GRAPH_TOKEN} and {len(beside)} molecules", "make the numbers equal", beside)
    molecules = iter([_molecule_part(value) for value in beside])
    if places:
        for turn in users:
            turn["content"] = [piece for part in turn["content"] for piece in _split(part, molecules)]
    elif beside:
        if not users:
            raise _schema("there is no user turn to put the molecules into", "add a question", beside)
        users[0]["content"] = [*molecules, *users[0]["content"]]


def _molecule_part(value: Any) -> dict[str, Any]:
    return {"type": "molecule", "smiles": value}


def _split(part: dict[str, Any], molecules: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    first, *others = part["text"].split(GRAPH_TOKEN)
    if first:
        yield _text_part(first)
    for text in others:
        yield next(molecules)
        if text:
            yield _text_part(text)


def _finish(turn: dict[str, Any], undo_doubled_backslashes: bool):
    """Plain text for turns that hold no molecule by their role; molecules of user turns are checked and un-doubled."""
    if turn["role"] != "user":
        turn["content"] = _joined(turn)
        return
    molecules = [part for part in turn["content"] if part["type"] == "molecule"]
    if not molecules and not _joined(turn).strip():
        raise _schema("a user turn is empty", "fill or remove it", _joined(turn))
    for part in molecules:
        if not isinstance(part["smiles"], str):
            raise Problem("molecule", "a molecule must be a SMILES", "give it as a string", part["smiles"])
        if undo_doubled_backslashes:
            part["smiles"] = part["smiles"].replace("\\\\", "\\")
