"""Sheets for human experts, and how far they agree once filled in. Knows tables, no chemistry.

Two or more people rate the same sample; each fills in a copy of the sheet. Agreement beyond chance: Cohen's kappa of
each pair (Cohen 1960; linear and quadratic weights, Cohen 1968), Fleiss' kappa of all (Fleiss 1971).
"""

import csv
import random
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from llamo.checking.check import CheckResult
from llamo.checking.conversation import Conversation

CRITERIA = ("relevance", "correctness", "diversity")
SCALE = (1, 2, 3, 4, 5)
RUBRIC = """\
# How to rate

Rate every conversation on its own, without talking to the other raters, from 1 (bad) to 5 (good). Leave a cell empty if
you cannot tell; such a row is left out of the agreement.

- relevance: would a chemist ask this about this molecule, and does the answer fit the question?
  1 hardly any question makes sense here; 3 about half do; 5 all do.
- correctness: are the answers true of this molecule? 1 several are plainly wrong; 3 one is wrong or several are
  doubtful; 5 all are right as far as can be told.
- diversity: do the questions look at different things, in different words? 1 the same thing again and again; 3 some
  repetition; 5 none.

Write into `comment` what is wrong, with the number of the turn.
"""
_COLUMNS = ("row", "smiles", "conversation", *CRITERIA, "comment")


def write_sheet(result: CheckResult, folder: Path, *, size: int, seed: int = 0) -> list[Path]:
    """Writes `review.csv` with a random sample and `RUBRIC.md`. What the checker found is not shown, so as not to lead.

    Args:
        result: of a check.
        folder: made if it is not there.
        size: of the sample.
        seed: of the draw.

    Raises:
        ValueError: a sheet is there already, or the sample is larger than the file.
    """
    sheet, rubric = folder / "review.csv", folder / "RUBRIC.md"
    if sheet.exists():
        raise ValueError(f"{sheet} is there already, perhaps filled in; move it away first")
    if not 1 <= size <= len(result.conversations):
        raise ValueError(f"a sample must have 1 to {len(result.conversations)} conversations, got {size}")
    folder.mkdir(parents=True, exist_ok=True)
    chosen = random.Random(seed).sample(list(result.conversations), size)
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows(
            [one.row, " ".join(one.molecules), _written(one), *("" for _ in (*CRITERIA, "comment"))] for one in chosen
        )
    rubric.write_text(RUBRIC, encoding="utf-8")
    return [sheet, rubric]


def agreement(sheets: Sequence[Path]) -> dict[str, Any]:
    """Means and kappas of filled sheets, by criterion.

    Raises:
        ValueError: fewer than two sheets, a sheet of other rows, or a rating that is none.
    """
    if len(sheets) < 2:
        raise ValueError(f"agreement needs the sheets of two raters at least, got {len(sheets)}")
    read = [_read_sheet(sheet) for sheet in sheets]
    rows = list(read[0])
    for sheet, ratings in zip(sheets, read, strict=True):
        if list(ratings) != rows:
            raise ValueError(f"{sheet}: its rows are not those of {sheets[0]}; rate copies of one sheet")
    return {criterion: _agreement_on(criterion, sheets, read, rows) for criterion in CRITERIA}


def cohen_kappa(first: Sequence[int], second: Sequence[int], *, weights: str = "none") -> float:
    """Agreement of two raters beyond chance, 1 - sum(w o) / sum(w e); NaN where both always say the same one thing.

    Args:
        first: ratings within `SCALE`.
        second: of the same things.
        weights: of disagreements: none (all alike), linear, quadratic.
    """
    observed = np.zeros((len(SCALE), len(SCALE)))
    for one, other in zip(first, second, strict=True):
        observed[one - SCALE[0], other - SCALE[0]] += 1
    observed /= observed.sum()
    expected = np.outer(observed.sum(1), observed.sum(0))
    distance = np.abs(np.subtract.outer(SCALE, SCALE)).astype(float)
    weight = {"none": distance > 0, "linear": distance, "quadratic": distance**2}[weights]
    by_chance = (weight * expected).sum()
    return float(1 - (weight * observed).sum() / by_chance) if by_chance else float("nan")


def fleiss_kappa(ratings: Sequence[Sequence[int]]) -> float:
    """Agreement of several raters beyond chance, (P - Pe) / (1 - Pe); NaN where all always say the same one thing.

    Args:
        ratings: of each thing, one per rater.
    """
    values = sorted({value for row in ratings for value in row})
    counts = np.array([[list(row).count(value) for value in values] for row in ratings], dtype=float)
    raters = counts.sum(1)[0]
    agreeing = ((counts**2).sum(1) - raters) / (raters * (raters - 1))
    by_chance = ((counts.sum(0) / counts.sum()) ** 2).sum()
    return float((agreeing.mean() - by_chance) / (1 - by_chance)) if by_chance < 1 else float("nan")


def _agreement_on(criterion: str, sheets: Sequence[Path], read: Sequence[dict], rows: Sequence[str]) -> dict[str, Any]:
    rated = [row for row in rows if all(ratings[row][criterion] is not None for ratings in read)]
    if not rated:
        raise ValueError(f"no row has a rating of {criterion} in every sheet; fill them in")
    columns = [[ratings[row][criterion] for row in rated] for ratings in read]
    pairs = {
        f"{sheets[one].stem} / {sheets[other].stem}": {
            f"cohen_kappa_{weights}": cohen_kappa(columns[one], columns[other], weights=weights)
            for weights in ("none", "linear", "quadratic")
        }
        for one, other in combinations(range(len(sheets)), 2)
    }
    return {
        "rows": len(rated),
        "mean": float(np.mean(columns)),
        "means": {sheet.stem: float(np.mean(column)) for sheet, column in zip(sheets, columns, strict=True)},
        "pairs": pairs,
        "fleiss_kappa": fleiss_kappa(list(zip(*columns, strict=True))),
    }


def _read_sheet(path: Path) -> dict[str, dict[str, int | None]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    missing = [name for name in ("row", *CRITERIA) if rows and name not in rows[0]]
    if missing or not rows:
        raise ValueError(f"{path}: no column {missing[0]!r}" if missing else f"{path}: no row is in it")
    return {row["row"]: {one: _rating(row[one], path, row["row"], one) for one in CRITERIA} for row in rows}


def _rating(text: str | None, path: Path, row: str, criterion: str) -> int | None:
    if text is None or not text.strip():
        return None
    if text.strip() not in map(str, SCALE):
        raise ValueError(
            f"{path}, row {row}: {criterion} is {text!r}; rate {SCALE[0]} to {SCALE[-1]}, or leave it empty"
        )
    return int(text)


def _written(conversation: Conversation) -> str:
    return "\n".join(
        f"Q{number}: {turn.question}\nA{number}: {turn.answer}" for number, turn in enumerate(conversation.turns, 1)
    )
