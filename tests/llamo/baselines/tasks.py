"""Small tasks and examples for tests of baselines."""

from typing import Any

from llamo.tasks import parsing
from llamo.tasks.task import AnswerKind, Example, Task

PARSERS: dict[str, Any] = {
    "text": parsing.text,
    "smiles": parsing.smiles,
    "number": parsing.number,
    "yes_no": parsing.yes_no,
}


def task_of(kind: AnswerKind = "text", *, max_new_tokens: int = 8) -> Task:
    """A task without data."""
    return Task(
        name=f"some-{kind}",
        title="Some task",
        prompts=["Describe it."],
        splits={},
        read=lambda row: [],
        answer=kind,
        parse=PARSERS[kind],
        scorers=lambda tokenizer: [],
        max_new_tokens=max_new_tokens,
    )


def example(row: int, molecules: str | tuple[str, ...] = (), target: str = "", **fields: Any) -> Example:
    """An example; molecules as one SMILES or several."""
    molecules = (molecules,) if isinstance(molecules, str) else molecules
    return Example(row, molecules, fields.pop("prompt", "Describe it."), target, **fields)
