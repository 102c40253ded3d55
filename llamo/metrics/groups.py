"""Groups of rows as columns, so that a choice of rows still knows them. Knows no metric.

One column `group[NAME]` per group: 1 for its rows, 0 for others.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from llamo.metrics.averages import mean
from llamo.metrics.scorer import Columns

_PREFIX = "group["


def group_columns(groups: Sequence[str] | None) -> dict[str, np.ndarray]:
    """Columns of the groups, in order of appearance; none where rows have no groups."""
    if groups is None:
        return {}
    names = np.array(groups, dtype=object)
    return {f"{_PREFIX}{name}]": (names == name).astype(float) for name in dict.fromkeys(groups)}


def by_group(columns: Columns) -> dict[str, dict[str, np.ndarray]]:
    """The other columns, cut to the rows of each group."""
    values = {name: column for name, column in columns.items() if not name.startswith(_PREFIX)}
    members = {name[len(_PREFIX) : -1]: columns[name] == 1 for name in columns if name.startswith(_PREFIX)}
    return {group: {name: column[rows] for name, column in values.items()} for group, rows in members.items()}


def mean_of(groups: Iterable[Mapping[str, float]], names: Iterable[str]) -> dict[str, float]:
    """Means over groups; a group that does not define a score is left out of its mean."""
    groups = list(groups)
    return {name: mean(np.array([scores[name] for scores in groups])) for name in names}


def named(scores: Mapping[str, float], group: str) -> dict[str, float]:
    """The scores of a group, by names such as `mae[homo]`."""
    return {f"{name}[{group}]": value for name, value in scores.items()}
