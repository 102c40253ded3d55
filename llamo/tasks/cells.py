"""Values in a row of data, as a task's `read` needs them, or what is wrong with the row."""

import math
from collections.abc import Mapping
from typing import Any

from llamo.data.bad_row import Problem

_YES_NO = {1.0: "Yes", 0.0: "No"}


def is_missing(value: Any) -> bool:
    """Nothing, an empty text, or not a number."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return isinstance(value, str) and not value.strip()


def text(row: Mapping[str, Any], name: str) -> str:
    """The text in a column, without spaces around it.

    Raises:
        Problem: there is no such column, or nothing in it.
    """
    if name not in row:
        raise Problem("schema", f"there is no column {name!r}", f"there are {', '.join(map(str, row))}", dict(row))
    if is_missing(row[name]):
        raise Problem("schema", f"{name!r} is empty", "fill it or remove the row", row[name])
    return str(row[name]).strip()


def number(row: Mapping[str, Any], name: str, *, decimals: int) -> str:
    """The number in a column, written with so many decimals.

    Raises:
        Problem: there is no such column, or no finite number in it.
    """
    value = text(row, name)
    try:
        parsed = float(value)
    except ValueError:
        parsed = math.nan
    if not math.isfinite(parsed):
        raise Problem("schema", f"{name!r} is no finite number", "correct it or remove the row", value)
    written = f"{parsed:.{decimals}f}"
    return written.removeprefix("-") if float(written) == 0 else written


def yes_no(row: Mapping[str, Any], name: str) -> str:
    """`Yes` for 1, `No` for 0.

    Raises:
        Problem: there is no such column, or something else in it.
    """
    value = text(row, name)
    try:
        return _YES_NO[float(value)]
    except (ValueError, KeyError):
        raise Problem("schema", f"{name!r} is neither 1 nor 0", "correct it or leave it empty", value) from None
