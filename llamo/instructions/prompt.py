"""What a language model is told: the task, examples as earlier turns, and the molecule. Knows no network."""

import hashlib
import json
from collections.abc import Sequence

from llamo.checking.conversation import Context, Conversation, Turn

SYSTEM = """\
You write conversations between a curious chemist and an assistant who sees one molecule.
You are given the molecule as SMILES with facts about it. The chemist knows none of these facts and no SMILES; both \
speak only of "this molecule".
Rules:
- Write {fewest} to {most} questions, each with its answer, on different things: class, structure and functional \
groups, charge, conjugate acid or base, role, use, source, name, stereochemistry, properties.
- Ask only what can be answered with certainty from the facts or read off the structure. Never guess.
- Do not mention facts, context, text or SMILES that you were given.
- A question must not contain its own answer.
- Answers are correct, complete sentences of your own, or one bare value where a value was asked for.
- Later questions may build on earlier answers.
Format: each question on a line that begins with "Q:", its answer on the next line with "A:". Nothing else.\
"""


def messages(
    smiles: str, context: Context, shown: Sequence[Conversation], *, fewest: int, most: int
) -> list[dict[str, str]]:
    """A chat whose next turn is the conversation to write."""
    chat = [{"role": "system", "content": SYSTEM.format(fewest=fewest, most=most)}]
    for one in shown:
        chat.append({"role": "user", "content": facts(one.molecules[0], one.context)})
        chat.append({"role": "assistant", "content": written(one.turns)})
    return [*chat, {"role": "user", "content": facts(smiles, context)}]


def facts(smiles: str, context: Context) -> str:
    """The molecule as it is shown."""
    lines = [f"SMILES: {smiles}", f"Description: {context.description}"]
    if context.iupac:
        lines.append(f"IUPAC name: {context.iupac}")
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in context.properties.items())])


def written(turns: Sequence[Turn]) -> str:
    """A conversation in the format that is asked for."""
    return "\n".join(f"Q: {turn.question}\nA: {turn.answer}" for turn in turns)


def prompt_hash(pool: Sequence[Conversation]) -> str:
    """SHA-256 of the instructions and all exemplars."""
    texts = [SYSTEM, *(facts(one.molecules[0], one.context) + written(one.turns) for one in pool)]
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()
