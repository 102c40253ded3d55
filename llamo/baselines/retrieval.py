"""Answers copied from the most similar training examples: no model at all, and often hard to beat."""

from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from llamo.baselines.neighbours import Neighbour, Neighbours
from llamo.evaluation.answer import Answer

if TYPE_CHECKING:
    from llamo.tasks.task import Example, Task


class RetrievalAnswerer:
    """Copies the answer of the nearest training example; of several, numbers are averaged and yes/no is voted on.

    Args:
        task: says how answers are read.
        train: its training examples.
        neighbours: taken for one answer; more than 1 for numbers and yes/no only.

    Raises:
        ValueError: several neighbours for answers that cannot be averaged, or no training examples.
    """

    def __init__(self, task: "Task", train: "Sequence[Example]", *, neighbours: int = 1):
        if neighbours < 1:
            raise ValueError(f"neighbours must be at least 1, got {neighbours}")
        if neighbours > 1 and task.answer not in ("number", "yes_no"):
            raise ValueError(
                f"neighbours must be 1 for {task.name}, got {neighbours}: answers of kind {task.answer} are copied, "
                "only numbers and yes/no can be averaged"
            )
        self.task, self.neighbours = task, neighbours
        self._train = Neighbours(train)

    @property
    def name(self) -> str:
        """In tables."""
        several = f", {self.neighbours} nearest" if self.neighbours > 1 else ""
        return f"retrieval ({self._train.by}{several})"

    def settings(self) -> dict[str, Any]:
        """All that the answers depend on."""
        return {"neighbours": self.neighbours, **self._train.settings()}

    def answer(self, examples: "Sequence[Example]", *, done: Container[int] = ()) -> Iterator[Answer]:
        """Answers in order.

        Raises:
            ValueError: a group has too few training examples, or a molecule cannot be read.
        """
        for example in examples:
            if example.row not in done:
                yield self._answer(example)

    def _answer(self, example: "Example") -> Answer:
        nearest = self._train.nearest(example, self.neighbours)
        return Answer(
            example.smiles,
            self._prediction(nearest),
            example.target,
            row=example.row,
            prompt=example.prompt,
            group=example.group,
            score=self._share_of_yes(nearest) if self.task.answer == "yes_no" else None,
            source=", ".join(map(str, nearest)),
        )

    def _prediction(self, nearest: list[Neighbour]) -> str:
        if len(nearest) == 1:
            return nearest[0].example.target
        if self.task.answer == "yes_no":
            return self._vote(nearest)
        return f"{sum(map(self._number, nearest)) / len(nearest):.6g}"

    def _vote(self, nearest: list[Neighbour]) -> str:
        """The answer of most; the nearest decides a tie."""
        share = self._share_of_yes(nearest)
        if share == 0.5:
            return nearest[0].example.target
        return next(one.example.target for one in nearest if self._is_yes(one) == (share > 0.5))

    def _share_of_yes(self, nearest: list[Neighbour]) -> float:
        return sum(map(self._is_yes, nearest)) / len(nearest)

    def _is_yes(self, neighbour: Neighbour) -> bool:
        return self.task.parse(neighbour.example.target).casefold() == "yes"

    def _number(self, neighbour: Neighbour) -> float:
        target = neighbour.example.target
        try:
            return float(self.task.parse(target))
        except ValueError:
            raise ValueError(
                f"training row {neighbour.example.row}: {target!r} is no number; correct it or leave the row out"
            ) from None
