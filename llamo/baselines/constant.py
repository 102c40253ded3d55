"""One answer for every question: what anybody would say who has seen the training answers and no molecule."""

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from llamo.evaluation.answer import Answer

if TYPE_CHECKING:
    from llamo.tasks.task import Example, Task


class ConstantAnswerer:
    """Says the median of the training answers where they are numbers, else the most frequent one; by group.

    Args:
        task: says how answers are read.
        train: its training examples.

    Raises:
        ValueError: no training examples.
    """

    name = "constant"

    def __init__(self, task: "Task", train: "Sequence[Example]"):
        if not train:
            raise ValueError(f"{task.name}: a constant answer needs training examples, got none")
        targets: dict[str | None, list[str]] = {}
        for example in train:
            targets.setdefault(example.group, []).append(example.target)
        say = _median if task.answer == "number" else _most_frequent
        self._task, self._answers = task, {group: say(task, found) for group, found in targets.items()}

    def settings(self) -> dict[str, Any]:
        """All that the answers depend on."""
        return {"answers": {str(group): answer for group, answer in self._answers.items()}}

    def answer(self, examples: "Sequence[Example]", *, done: Container[int] = ()) -> Iterator[Answer]:
        """Answers in order.

        Raises:
            ValueError: a group has no training examples.
        """
        for example in examples:
            if example.row in done:
                continue
            if example.group not in self._answers:
                raise ValueError(f"row {example.row}: no training example is of its group, {example.group}")
            said = self._answers[example.group]
            yield Answer(
                example.smiles, said, example.target, row=example.row, prompt=example.prompt, group=example.group
            )


def _median(task: "Task", targets: Sequence[str]) -> str:
    return f"{median(float(task.parse(target)) for target in targets):.6g}"


def _most_frequent(task: "Task", targets: Sequence[str]) -> str:
    return Counter(targets).most_common(1)[0][0]
