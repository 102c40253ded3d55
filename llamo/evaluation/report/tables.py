"""The small tables of the report: scores, scores by group, answers against truths, confidences. Knows no HTML."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from llamo.evaluation.calibration import CONFIDENCE_KINDS, calibrate, confidences, quality
from llamo.evaluation.comparison import Row, TaskComparison, is_share, shown, shown_interval
from llamo.evaluation.result import Result
from llamo.metrics.classification import read_yes_no
from llamo.metrics.scorer import Score

# More labels than this make no readable table of answers against truths.
MOST_LABELS = 10
NO_ANSWER = "no answer"


@dataclass(frozen=True)
class Cell:
    """A number as text, its interval, and whether it is the best of those it compares with."""

    value: str
    detail: str = ""
    best: bool = False


@dataclass(frozen=True)
class Table:
    """Columns and rows; each row begins with its name."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]


def score_table(result: Result, baselines: Sequence[Result]) -> Table:
    """Scores over all rows, of the system and of what it is compared with."""
    systems = [result, *baselines]
    names = [name for name in result.scores if "[" not in name]
    return Table(
        [one.system for one in systems],
        [(_score_name(name, result), [_cell(one.scores, name) for one in systems]) for name in names],
    )


def system_rows(systems: TaskComparison) -> list[tuple[Row, list[Cell]]]:
    """Each system with a cell per metric."""
    best = systems.best()
    return [
        (row, [_cell(row.scores, metric, best=(place, metric) in best) for metric in systems.metrics])
        for place, row in enumerate(systems.rows)
    ]


def group_table(result: Result) -> Table | None:
    """Rows and scores of each group; None where rows have no groups."""
    groups = dict.fromkeys(answer.group for answer in result.answers if answer.group)
    if not groups:
        return None
    names = dict.fromkeys(name.partition("[")[0] for name in result.scores if "[" in name)
    return Table(
        ["rows", *(_score_name(name, result) for name in names)],
        [
            (group, [_rows_of(result, group), *(_cell(result.scores, f"{name}[{group}]") for name in names)])
            for group in groups
        ],
    )


def answer_table(result: Result) -> Table | None:
    """How often each truth, down, met each answer, across; None where answers are no few labels."""
    if result.kind not in ("yes_no", "choice"):
        return None
    truths = [_label(result, answer.target) for answer in result.answers]
    labels = sorted(set(truths))
    if len(labels) > MOST_LABELS:
        return None
    given = [text if (text := _label(result, parsed)) in labels else NO_ANSWER for parsed in result.parsed]
    counts = Counter(zip(truths, given, strict=True))
    across = [*labels, *([NO_ANSWER] if NO_ANSWER in given else [])]
    return Table(across, [(true, [Cell(f"{counts[true, said]:,}") for said in across]) for true in labels])


def confidence_table(result: Result) -> Table | None:
    """Calibration by kind of confidence; None where there is no confidence, or nothing to hold it against."""
    sure, good = confidences(result), quality(result)
    if not sure or good is None:
        return None
    rows = []
    for kind, values in sure.items():
        found = calibrate(values, good.values)
        numbers = (found.expected_calibration_error, found.brier, found.auroc)
        cells = [Cell("-" if np.isnan(number) else f"{number:.3f}") for number in numbers]
        rows.append((f"{kind}: {CONFIDENCE_KINDS[kind]}", [Cell(f"{found.rows:,}"), *cells]))
    return Table(["rows", "expected calibration error", "Brier score", "AUROC"], rows)


def _score_name(name: str, result: Result) -> str:
    notes = ["%"] if is_share(name) else []
    notes += ["lower is better"] if name in result.lower_is_better else []
    return f"{name} ({', '.join(notes)})" if notes else name


def _cell(scores: Mapping[str, Score], name: str, *, best: bool = False) -> Cell:
    score = scores.get(name)
    return Cell("-") if score is None else Cell(shown(name, score.value), shown_interval(name, score), best)


def _rows_of(result: Result, group: str) -> Cell:
    return Cell(f"{sum(answer.group == group for answer in result.answers):,}")


def _label(result: Result, text: str) -> str:
    if result.kind == "yes_no":
        return {1.0: "yes", 0.0: "no", None: NO_ANSWER}[read_yes_no(text)]
    return text.strip().casefold() or NO_ANSWER
