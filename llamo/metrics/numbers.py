"""Answers that are numbers: how they are read and how far off they are. Knows no unit, so it converts none."""

import math
import re
from typing import ClassVar

import numpy as np

from llamo.metrics.averages import mean, ratio, sum_over_rows
from llamo.metrics.groups import by_group, group_columns, mean_of, named
from llamo.metrics.references import reference_error
from llamo.metrics.scorer import Columns, Pairs, Scorer

# Minus signs and hyphens that stand for "-": U+2010 to U+2013, U+2212, U+FE63, U+FF0D.
_MINUS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-"))
# One number, no other digit before or behind it (superscripts are digits too), and no letter or sign at its left.
_NUMBER = re.compile(
    r"(?:[^0-9]*[^\w.+-])?([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)(?!\s*[⁺⁻⁰¹²³⁴-⁹])[^0-9]*", re.DOTALL
)


def read_number(text: str) -> float | None:
    """The number in a text that holds one: `-5.83 eV`, `−0.5`, `1e-3`; the unit is dropped, not converted.

    None where there is no number, more than one (`0.2 to 0.3`, `1,234`, `5 x 10^-3`), or one that is not finite. A
    text with other digits in it, as in `QM9`, has to be reduced to its number first.
    """
    match = _NUMBER.fullmatch(text.translate(_MINUS))
    value = float(match.group(1)) if match else math.nan
    return value if math.isfinite(value) else None


class NumberScorer(Scorer):
    """Errors of numbers: `mae`, `rmse`, `r2`, `spearman`, over the rows whose answer has a number.

    `unparsable`: number of rows whose answer has none; `parsable`: share of the others. A system that leaves out what
    is hard betters the scores above, so `mae_all` is over all rows, with the mean of the references where an answer
    has no number: what one would guess who knows only how the property is distributed.

    Where rows have groups, such as homo, lumo and gap, all of these but the counts are also given for each, as
    `mae[homo]`. Then `mae`, `mae_all` and `rmse` are over all rows; `r2` and `spearman` are means over groups, since
    to tell a gap from a HOMO energy is no merit; and `mae_all` takes means within groups.
    """

    lower_is_better: ClassVar[frozenset[str]] = frozenset(
        {"mae", "mae_all", "rmse", "unparsable", "absolute_error", "absolute_error_all"}
    )

    def measure(self, pairs: Pairs) -> Columns:
        """`reference_number`; `predicted_number` and `absolute_error`, NaN without a number; `absolute_error_all`."""
        true = np.array([_reference(row, text) for row, text in enumerate(pairs.references)])
        read = [read_number(text) for text in pairs.predictions]
        given = np.array([np.nan if value is None else value for value in read])
        error = np.abs(given - true)
        groups = group_columns(pairs.groups)
        fallback = np.abs(_means(true, groups) - true)
        return {
            "reference_number": true,
            "predicted_number": given,
            "absolute_error": error,
            "absolute_error_all": np.where(np.isnan(error), fallback, error),
            **groups,
        }

    def summarise(self, columns: Columns) -> dict[str, float]:
        """See the class."""
        unparsable = np.isnan(columns["predicted_number"]).astype(float)
        parsable = {"parsable": 1 - mean(unparsable), "unparsable": sum_over_rows(unparsable)}
        groups = {group: {**_errors(rows), **_agreement(rows)} for group, rows in by_group(columns).items()}
        if not groups:
            return {**_errors(columns), **_agreement(columns), **parsable}
        scores = _errors(columns) | mean_of(groups.values(), ("r2", "spearman"))
        for group, found in groups.items():
            scores |= named(found, group)
        return {**scores, **parsable}


def _reference(row: int, text: str) -> float:
    value = read_number(text)
    if value is None:
        raise reference_error(row, text, "one finite number")
    return value


def _means(values: np.ndarray, groups: dict[str, np.ndarray]) -> np.ndarray:
    """Each row's mean over its group, or over all rows."""
    means = np.full(len(values), values.mean())
    for member in groups.values():
        means[member == 1] = values[member == 1].mean()
    return means


def _errors(columns: Columns) -> dict[str, float]:
    error = columns["absolute_error"]
    return {"mae": mean(error), "mae_all": mean(columns["absolute_error_all"]), "rmse": math.sqrt(mean(error**2))}


def _agreement(columns: Columns) -> dict[str, float]:
    known = ~np.isnan(columns["predicted_number"])
    given, true = columns["predicted_number"][known], columns["reference_number"][known]
    return {"r2": _r2(given, true), "spearman": _spearman(given, true)}


def _r2(given: np.ndarray, true: np.ndarray) -> float:
    """1 - residual sum of squares / total sum of squares; NaN where all references are the same."""
    if not len(true) or np.ptp(true) == 0:  # asked first, since a mean that is rounded makes a tiny sum of squares
        return math.nan
    return 1 - float(((given - true) ** 2).sum()) / float(((true - true.mean()) ** 2).sum())


def _spearman(given: np.ndarray, true: np.ndarray) -> float:
    """Correlation of ranks, ties averaged; NaN where one side has a single value."""
    from scipy.stats import rankdata

    if not len(given):
        return math.nan
    left, right = (ranks - ranks.mean() for ranks in (rankdata(given), rankdata(true)))
    return ratio(float(left @ right), math.sqrt(float(left @ left) * float(right @ right)))
