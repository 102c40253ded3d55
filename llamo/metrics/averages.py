"""Means of measured rows. Knows no metric."""

import numpy as np


def mean(values: np.ndarray) -> float:
    """Over the rows to which a measurement applies; NaN where it applies to none."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def sum_over_rows(values: np.ndarray) -> float:
    """Number of rows that are 1."""
    return float(np.nansum(values))


def ratio(part: float, whole: float) -> float:
    """NaN where there is no whole."""
    return part / whole if whole else float("nan")
