"""Every example of a result as a table: question, answer, truth, confidences and measurements."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from llamo.evaluation.calibration import confidences
from llamo.evaluation.result import Result

TEXTS = ("row", "smiles", "prompt", "prediction", "parsed", "target", "group")


def write_examples(result: Result, path: Path):
    """Writes the table as CSV (RFC 4180): values as they are, an empty field where there is none."""
    measured = measurements(result)
    # A surrogate without its partner, which JSON can hold and UTF-8 cannot, is written as `\udXXX`.
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*TEXTS, *measured])
        writer.writerows(_rows(result, measured))


def measurements(result: Result) -> dict[str, np.ndarray]:
    """Numbers about each row: confidences as `confidence_NAME`, then the columns that hold one number per row.

    Columns `group[NAME]`, which say what the group's name says, are left out.
    """
    sure = {f"confidence_{name}": values for name, values in confidences(result).items()}
    return sure | {name: np.asarray(column) for name, column in result.columns.items() if _is_shown(name, column)}


def row_number(result: Result, place: int) -> int:
    """Number of the example in its split, or its place among the answers."""
    row = result.answers[place].row
    return place if row is None else row


def _rows(result: Result, measured: dict[str, np.ndarray]) -> Iterator[list[Any]]:
    for place, (answer, parsed) in enumerate(zip(result.answers, result.parsed, strict=True)):
        texts = (answer.smiles, answer.prompt, answer.prediction, parsed, answer.target, answer.group)
        yield [row_number(result, place), *texts, *(_value(column[place]) for column in measured.values())]


def _is_shown(name: str, column: np.ndarray) -> bool:
    return np.ndim(column) == 1 and not name.startswith("group[")


def _value(number: np.generic) -> Any:
    """A plain number, which `csv` writes in full; nothing for NaN."""
    return None if number != number else number.item()
