"""The best, the worst and the unscored answers, with pictures of the molecules asked about and of those answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from llamo.evaluation.example_table import row_number
from llamo.evaluation.report.drawing import Drawing, draw
from llamo.evaluation.result import Result

# Cases of a kind in a report.
SHOWN = 6


@dataclass(frozen=True)
class Case:
    """One answer.

    Attributes:
        row: number of the example.
        value: in the ranking column, as text; empty where there is none.
        prompt: the question.
        asked: the molecules it is about; empty for a question of text alone.
        target: what the answer should be.
        prediction: what it was.
        target_drawings: of a true answer that is a molecule.
        prediction_drawings: of a given answer that should be one.
    """

    row: int
    value: str
    prompt: str
    asked: Sequence[Drawing]
    target: str
    prediction: str
    target_drawings: Sequence[Drawing] = field(default=())
    prediction_drawings: Sequence[Drawing] = field(default=())


def cases(result: Result, *, number: int = SHOWN) -> dict[str, list[Case]]:
    """At most so many cases under each title; no case is under two.

    The best and the worst by the ranking column, or right and wrong ones where it holds just 1 and 0, and those that
    have no value in it. Without a ranking there are just the first rows.
    """
    if result.ranking is None:
        places = {"First answers": np.arange(len(result.answers))}
    else:
        values = np.asarray(result.columns[result.ranking], float)
        places = {
            **_ranked(values, lower_is_better=result.ranking in result.lower_is_better),
            f"Answers without {result.ranking}": np.flatnonzero(np.isnan(values)),
        }
    return {
        title: [_case(result, int(place)) for place in rows[:number]] for title, rows in places.items() if len(rows)
    }


def _ranked(values: np.ndarray, *, lower_is_better: bool) -> dict[str, np.ndarray]:
    known = np.flatnonzero(~np.isnan(values))
    if np.isin(values[known], [0, 1]).all():
        return {"Right answers": np.flatnonzero(values == 1), "Wrong answers": np.flatnonzero(values == 0)}
    order = known[np.argsort(values[known] if lower_is_better else -values[known], kind="stable")]
    half = (len(order) + 1) // 2
    return {"Best answers": order[:half], "Worst answers": order[half:][::-1]}


def _case(result: Result, place: int) -> Case:
    answer, parsed = result.answers[place], result.parsed[place]
    value = np.nan if result.ranking is None else float(result.columns[result.ranking][place])
    is_molecule = result.kind == "smiles"
    return Case(
        row=row_number(result, place),
        value="" if np.isnan(value) else f"{value:.4g}",
        prompt=answer.prompt or "",
        asked=draw(answer.smiles) if answer.smiles else [],
        target=answer.target,
        prediction=answer.prediction,
        target_drawings=draw(answer.target) if is_molecule else [],
        prediction_drawings=draw(parsed) if is_molecule else [],
    )
