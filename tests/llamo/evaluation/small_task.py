"""A small task over fabricated rows, and scorers that need neither a tokenizer nor WordNet, for tests of evaluation."""

from collections.abc import Sequence

import numpy as np

from llamo.metrics.scorer import Columns, Pairs, Scorer
from llamo.tasks.task import AnswerKind, Example, Task

MOLECULES = ("CCO", "c1ccccc1", "CC(=O)O", "CCN", "C1CCCCC1", "O=C=O", "CCOC(C)=O")


class SameText(Scorer):
    """Whether texts are equal, and by how much lengths differ."""

    lower_is_better = frozenset({"length_error"})

    @property
    def settings(self) -> dict[str, str]:
        return {"comparison": "as written"}

    def measure(self, pairs: Pairs) -> Columns:
        both = list(zip(pairs.predictions, pairs.references, strict=True))
        return {
            "correct": np.array([float(one == other) for one, other in both]),
            "length_error": np.array([abs(len(one) - len(other)) for one, other in both], dtype=float),
        }

    def summarise(self, columns: Columns) -> dict[str, float]:
        return {"accuracy": float(columns["correct"].mean()), "length_error": float(columns["length_error"].mean())}


def small_task(
    answer: AnswerKind = "text", *, scorers: Sequence[Scorer] | None = None, max_new_tokens: int = 6
) -> Task:
    """Asks for anything."""
    return Task(
        name=f"small-{answer}",
        title="A small task",
        prompts=("What is this molecule?",),
        splits={},
        read=lambda row: [],
        answer=answer,
        parse=str.strip,
        scorers=lambda tokenizer: scorers or [SameText()],
        max_new_tokens=max_new_tokens,
    )


def examples(prompt: str = "What is this molecule?", target: str = "It is small.") -> list[Example]:
    """One question about each molecule, of different lengths."""
    return [Example(row, (smiles,), prompt + " Now!" * row, target) for row, smiles in enumerate(MOLECULES)]
