"""A question as a chat in text alone: molecules as SMILES, similar training examples as earlier turns."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llamo.tasks.task import Example

# Where a molecule stands in a prompt, as `processors.placeholders.GRAPH_TOKEN`, which costs seconds to import.
GRAPH = "<graph>"

Message = dict[str, str]


def text_question(example: "Example") -> str:
    """The prompt with each molecule's SMILES where its graph would stand; in front where no place is named.

    Raises:
        ValueError: the prompt has places for another number of molecules.
    """
    places, molecules = example.prompt.count(GRAPH), example.molecules
    if not places:
        return "\n".join(part for part in (" ".join(molecules), example.prompt) if part)
    if places != len(molecules):
        raise ValueError(
            f"row {example.row}: the prompt has {places} {GRAPH} for {len(molecules)} molecules; correct the prompt"
        )
    # All at once: a SMILES is never searched for places.
    first, *others = example.prompt.split(GRAPH)
    return first + "".join(smiles + text for smiles, text in zip(molecules, others, strict=True))


def chat_messages(example: "Example", shown: "Sequence[Example]" = (), *, system: str | None = None) -> list[Message]:
    """The chat that ends in the example's question.

    Args:
        example: the question.
        shown: examples with answers, in the order of turns.
        system: opening message.
    """
    messages = [_message("system", system)] if system else []
    for one in shown:
        messages += [_message("user", text_question(one)), _message("assistant", one.target)]
    return [*messages, _message("user", text_question(example))]


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}
