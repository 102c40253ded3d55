"""Answers of any system from a JSON Lines file with `smiles`, `prediction` and `target` per row."""

import json
import math
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from llamo.evaluation.answer import Answer
from llamo.text_lines import text_lines

_REQUIRED = ("prediction", "target")
_KNOWN = {field.name for field in fields(Answer)}
# A summed log-probability above 0 by less than this is rounding.
_ROUNDING = 1e-3


def read_predictions(path: str | Path) -> list[Answer]:
    """The answers in a file, one per line; keys that mean nothing here are left aside.

    Raises:
        ValueError: no such file, or a line that is no such answer, with its number.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path} is no file; give JSON Lines with smiles, prediction and target per row")
    answers = []
    lines: dict[int | None, int] = {}
    for number, line in enumerate(text_lines(path), 1):
        if line.strip():
            answer = _answer(line, f"{path}, line {number}", row=len(answers))
            if (first := lines.setdefault(answer.row, number)) != number:
                raise ValueError(
                    f"{path}, line {number}: row {answer.row} is that of line {first} too; number each row once, "
                    "or none"
                )
            answers.append(answer)
    if not answers:
        raise ValueError(f"{path} holds no answers; give JSON Lines with smiles, prediction and target per row")
    return answers


def _answer(line: str, place: str, *, row: int) -> Answer:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{place}: no JSON ({error}); write one object per line") from None
    if not isinstance(record, dict):
        raise ValueError(f"{place}: expected an object with smiles, prediction and target, got {line.strip()[:80]}")
    missing = [name for name in _REQUIRED if name not in record]
    if missing:
        raise ValueError(f"{place}: {', '.join(missing)} missing; it has {', '.join(record) or 'nothing'}")
    if record["target"] is None:
        raise ValueError(f"{place}: target must be text, got null; leave the row out")
    values: dict[str, Any] = {name: value for name, value in record.items() if name in _KNOWN and value is not None}
    for name in ("smiles", *_REQUIRED):
        values[name] = _text(values.get(name, ""), name, place)
    for name, (meaning, fits) in _OPTIONAL.items():
        if name in values and not fits(values[name]):
            raise ValueError(f"{place}: {name} must be {meaning}, got {values[name]!r}; correct it or leave it out")
    return Answer(**{"row": row, **values})


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_integer(least: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


# What each optional field must be.
_OPTIONAL: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "row": ("an integer of at least 0", _is_integer(0)),
    "prompt": ("text", _is_text),
    "group": ("text", _is_text),
    "source": ("text", _is_text),
    "num_tokens": ("an integer of at least 1", _is_integer(1)),
    "log_probability": ("a number of at most 0", _is_number(-math.inf, _ROUNDING)),
    "agreement": ("a number from 0 to 1", _is_number(0, 1)),
    "score": ("a number from 0 to 1", _is_number(0, 1)),
}


def _text(value: Any, name: str, place: str) -> str:
    """Numbers are taken as text; a prediction of null is no answer."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{place}: {name} must be text, got {value!r}")
    return str(value)
