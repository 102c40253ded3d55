"""What is asked about each row, and what is read out of an answer: a question of the user's, or a task's own words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from llamo.molecule_files.row import MoleculeRow
from processors.molecule import MoleculeError, parse

if TYPE_CHECKING:
    from llamo.tasks.task import Task


@dataclass(frozen=True)
class Wording:
    """A question for every row.

    Attributes:
        question: in plain words; with a task, its first wording.
        task: reads the answers; None takes them as they are.
        values: fill `{name}` in a task's wording, where no column of the row does.
    """

    question: str
    task: "Task | None" = None
    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_task(cls, name: str, values: Mapping[str, str] | None = None) -> "Wording":
        """The words of a task (`llamo tasks`).

        Raises:
            ValueError: there is no such task, or it is not about one molecule.
        """
        from llamo.tasks import get_task

        task = get_task(name)
        if task.prompts[0].count("<graph>") > 1 or task.name == "molecule-design":
            raise ValueError(f"task {task.name} is not about one molecule; see `llamo tasks`, or ask in your own words")
        return cls(task.prompts[0], task, values or {})

    def of(self, row: MoleculeRow) -> str:
        """The question about a row.

        Raises:
            ValueError: a `{name}` of the task has no value.
        """
        if self.task is None:
            return self.question
        return re.sub(r"\{(\w+)\}", lambda match: self._value(match[1], row), self.question)

    def _value(self, name: str, row: MoleculeRow) -> str:
        value = row.columns.get(name, self.values.get(name))
        if value is None:
            raise ValueError(f"the question {self.question!r} needs a {name}; give --value {name}=.., or such a column")
        return str(value)

    def read(self, text: str) -> dict[str, Any]:
        """The columns that an answer fills besides itself: `answer`, and `error` where it is not what the task asks."""
        if self.task is None:
            return {}
        answer, kind = self.task.parse(text), self.task.answer.replace("_", "/")
        error = "" if answer else f"there is no {kind} in the answer {text[:80]!r}"
        if answer and kind == "smiles":
            try:
                parse(answer)
            except MoleculeError as unreadable:
                error = f"the answer is no molecule: {unreadable.reason}"
        return {"answer": answer, "error": error}
