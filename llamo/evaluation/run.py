"""An evaluation: a system answers the examples of a task; its answers get scores, a table and a report."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from llamo.evaluation.answer import Answer
from llamo.evaluation.answerer import Answerer
from llamo.evaluation.example_table import write_examples
from llamo.evaluation.report import write_report
from llamo.evaluation.result import Result
from llamo.evaluation.scoring import score_answers
from llamo.evaluation.store import AnswerStore
from llamo.metrics.scorer import Scorer
from llamo.tasks.task import Example, Task
from llamo.whole_files import write_whole

SCORES, TABLE, REPORT = "scores.json", "examples.csv", "report.html"


@dataclass(frozen=True)
class ScoringOptions:
    """How answers are scored.

    Attributes:
        resamples: of the bootstrap; 0 for no intervals.
        seed: of the bootstrap.
        asked: how the system was asked, to be printed with the scores.
        notes: what a reader has to know of the data.
    """

    resamples: int = 1000
    seed: int = 0
    asked: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()


def answer_all(
    answerer: Answerer,
    task: Task,
    examples: Sequence[Example],
    folder: Path,
    *,
    overwrite: bool = False,
    progress: Callable[[int], Any] | None = None,
) -> list[Answer]:
    """Every example's answer, from the folder where it is there already.

    Args:
        answerer: answers the rest.
        task: of the examples.
        examples: all questions.
        folder: keeps the answers.
        overwrite: begin anew, whatever the folder holds.
        progress: called with the number of answers that came.

    Raises:
        ValueError: the folder holds answers under other settings.
    """
    store = AnswerStore(folder, _settings(answerer, task, examples), overwrite=overwrite)
    try:
        if progress:
            progress(len(store.answers))
        for _ in store.add(answerer.answer(examples, done=frozenset(store.answers))):
            if progress:
                progress(1)
        missing = sorted({example.row for example in examples} - store.answers.keys())
        if missing:
            raise ValueError(f"{len(missing)} examples have no answer, the first is row {missing[0]}; run it again")
        return store.finish()
    finally:
        store.close()


def score_and_write(
    task: Task,
    answers: Sequence[Answer],
    scorers: Sequence[Scorer],
    *,
    system: str,
    options: ScoringOptions,
    folder: Path | None,
) -> Result:
    """Scores answers and, where there is a folder, writes scores, the table of examples and the report into it."""
    result = score_answers(
        task,
        answers,
        scorers,
        system=system,
        resamples=options.resamples,
        seed=options.seed,
        asked=options.asked,
        notes=options.notes,
    )
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / SCORES, json.dumps(result.to_dict(), indent=2, ensure_ascii=False) + "\n")
        write_examples(result, folder / TABLE)
        write_report(result, folder / REPORT)
    return result


def folder_name(system: str) -> str:
    """A system's name as that of a folder."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", system).strip("-.") or "system"


def _settings(answerer: Answerer, task: Task, examples: Sequence[Example]) -> dict[str, Any]:
    return {
        "task": task.name,
        "examples": len(examples),
        "examples_sha256": _hash_examples(examples),
        "system": answerer.name,
        **answerer.settings(),
    }


def _hash_examples(examples: Sequence[Example]) -> str:
    text = json.dumps([asdict(example) for example in examples], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
