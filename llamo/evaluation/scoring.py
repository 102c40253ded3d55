"""Scores of answers: each is read as its task says, measured by the task's metrics, and summed up with intervals."""

from collections.abc import Mapping, Sequence

import numpy as np

from llamo.evaluation.answer import Answer
from llamo.evaluation.result import Result
from llamo.metrics.scorer import Pairs, Score, Scorer, bootstrap
from llamo.tasks.task import Task

# The column by which answers of a kind are ranked, and the one that says whether an answer is right.
RANKING = {
    "text": "meteor",
    "name": "meteor",
    "smiles": "morgan",
    "number": "absolute_error",
    "yes_no": "correct",
    "choice": "correct",
}
CORRECT = {"smiles": "exact", "name": "exact_string", "yes_no": "correct", "choice": "correct"}


def make_scorers(task: Task, tokenizer: str) -> Sequence[Scorer]:
    """The metrics of a task, tried on one row, so that what they lack shows before anything is generated.

    Raises:
        ValueError: a tokenizer, WordNet, OPSIN or another thing they need is not here, with the remedy.
    """
    scorers = task.scorers(tokenizer)
    example = {"number": "1.0", "yes_no": "Yes", "choice": "A", "smiles": "CCO", "name": "ethanol"}.get(
        task.answer, "An example."
    )
    for scorer in scorers:
        scorer.measure(Pairs([example], [example], groups=[""], smiles=["CCO"]))
    return scorers


def score_answers(
    task: Task,
    answers: Sequence[Answer],
    scorers: Sequence[Scorer],
    *,
    system: str,
    resamples: int = 1000,
    seed: int = 0,
    asked: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
) -> Result:
    """Scores of a system's answers to a task.

    Args:
        task: reads the answers.
        answers: in order of rows.
        scorers: see `make_scorers`.
        system: name of what answered.
        resamples: of the bootstrap; 0 for no intervals.
        seed: of the bootstrap.
        asked: how the system was asked, to be printed with the scores.
        notes: what a reader has to know.

    Raises:
        ValueError: there are no answers, or a target is none that the task can have.
    """
    parsed = [task.parse(answer.prediction) for answer in answers]
    pairs = Pairs(
        parsed,
        [answer.target for answer in answers],
        scores=_scores(answers),
        groups=[answer.group or "" for answer in answers] if any(answer.group for answer in answers) else None,
        smiles=[answer.smiles for answer in answers],
    )
    columns: dict[str, np.ndarray] = {}
    scores: dict[str, Score] = {}
    settings: dict[str, str] = {}
    for scorer in scorers:
        measured = scorer.measure(pairs)
        scores |= bootstrap(scorer, measured, resamples=resamples, seed=seed)
        columns |= measured
        settings |= scorer.settings
    correct = columns.get(CORRECT.get(task.answer, ""))
    ranking = RANKING[task.answer]
    return Result(
        task=task.name,
        title=task.title,
        kind=task.answer,
        system=system,
        answers=answers,
        parsed=parsed,
        columns=columns,
        scores=scores,
        settings={**settings, **(asked or {})},
        lower_is_better=frozenset().union(*(scorer.lower_is_better for scorer in scorers)),
        ranking=ranking if ranking in columns else None,
        correct=None if correct is None else [float(value) for value in np.nan_to_num(correct)],
        notes=[*notes, *_notes(task, answers)],
    )


def _scores(answers: Sequence[Answer]) -> list[float] | None:
    if all(answer.score is None for answer in answers):
        return None
    return [np.nan if answer.score is None else answer.score for answer in answers]


def _notes(task: Task, answers: Sequence[Answer]) -> list[str]:
    notes = [f"data: {task.licence}"] if task.licence else []
    unasked = sum(1 for answer in answers if (answer.source or "").startswith("not asked"))
    return [*notes, f"questions too long for the model, counted as not answered: {unasked}"] if unasked else notes
