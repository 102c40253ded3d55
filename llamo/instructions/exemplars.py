"""Hand-written conversations that a language model is shown. Written for this project; nothing is copied."""

import json
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from llamo.checking.conversation import Context, Conversation, Turn

FILE = Path(__file__).with_name("exemplars.jsonl")


@cache
def exemplars(file: Path = FILE) -> tuple[Conversation, ...]:
    """All of a file: one JSON object a line, with `smiles`, `description`, `iupac` and `turns`, pairs of texts.

    Raises:
        ValueError: a line is none.
    """
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        try:
            row = json.loads(line)
            turns = tuple(Turn(question, answer) for question, answer in row["turns"])
            context = Context(row["description"], row.get("iupac", ""), row.get("properties", {}))
            found.append(Conversation(number, (row["smiles"],), turns, context))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{file}, line {number + 1}: no exemplar ({error!r}); see {FILE.name} of llamo") from None
    return tuple(found)


def sample(pool: Sequence[Conversation], count: int, *, seed: int, row: int, attempt: int) -> list[Conversation]:
    """Some of them in some order, the same for the same numbers.

    Raises:
        ValueError: there are not so many.
    """
    if count > len(pool):
        raise ValueError(f"exemplars must be at most {len(pool)}, got {count}; write more into a file of your own")
    return random.Random(f"{seed}-{row}-{attempt}").sample(pool, count)
