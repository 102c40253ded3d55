"""What the evaluation of one system on one task gives; reports and tables are made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from llamo.evaluation.answer import Answer
from llamo.metrics.scorer import Columns, Score
from llamo.tasks.task import AnswerKind


@dataclass(frozen=True)
class Result:
    """Answers and their scores.

    Attributes:
        task: its name.
        title: of the task, in words.
        kind: of its answers.
        system: the model or baseline, in words.
        answers: as given, in the order of rows.
        parsed: the answer read out of each; empty where there is none.
        columns: measurements of each row, for tables and plots, such as `meteor`, `valid`, `absolute_error`.
        scores: over all rows, by name.
        settings: what has to be printed with the scores, such as the tokenizer.
        lower_is_better: names among scores and columns.
        ranking: the column by which rows are best or worst.
        correct: of each row, 1.0 or 0.0 where that can be said, for calibration; None where the task has no such thing.
        notes: what a reader has to know, such as rows left out.
    """

    task: str
    title: str
    kind: AnswerKind
    system: str
    answers: Sequence[Answer]
    parsed: Sequence[str]
    columns: Columns
    scores: Mapping[str, Score]
    settings: Mapping[str, str] = field(default_factory=dict)
    lower_is_better: frozenset[str] = frozenset()
    ranking: str | None = None
    correct: Sequence[float] | None = None
    notes: Sequence[str] = ()

    def to_dict(self) -> dict[str, Any]:
        """For JSON: task, system, rows, settings, `scores` as `{name: {"value", "low", "high"}}`, and notes."""
        return {
            "task": self.task,
            "system": self.system,
            "rows": len(self.answers),
            "settings": dict(self.settings),
            "scores": {name: score.to_dict() for name, score in self.scores.items()},
            "notes": list(self.notes),
        }
