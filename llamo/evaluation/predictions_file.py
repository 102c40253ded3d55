"""Answers of any system from a JSON Lines file with `smiles`, `prediction` and `target` per row."""

import gzip
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from llamo.evaluation.answer import Answer

_REQUIRED = ("prediction", "target")
_KNOWN = {field.name for field in fields(Answer)}
_NUMBERS = ("log_probability", "agreement", "score")


def read_predictions(path: str | Path) -> list[Answer]:
    """The answers in a file, one per line; keys that mean nothing here are left aside.

    Raises:
        ValueError: no such file, or a line that is no such answer, with its number.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path} is no file; give JSON Lines with smiles, prediction and target per row")
    opener = gzip.open if path.suffix == ".gz" else open
    answers = []
    with opener(path, "rt", encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                answers.append(_answer(line, f"{path}, line {number}", row=len(answers)))
    if not answers:
        raise ValueError(f"{path} holds no answers; give JSON Lines with smiles, prediction and target per row")
    return answers


def _answer(line: str, place: str, *, row: int) -> Answer:
    try:
        record = json.loads(line)
    except ValueError as error:
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
    for name in _NUMBERS:
        if not isinstance(values.get(name, 0.0), int | float):
            raise ValueError(f"{place}: {name} must be a number, got {values[name]!r}")
    return Answer(**{"row": row, **values})


def _text(value: Any, name: str, place: str) -> str:
    """Numbers are taken as text; a prediction of null is no answer."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{place}: {name} must be text, got {value!r}")
    return str(value)
