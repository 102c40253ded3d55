"""Uncertainty over seeds, and over rows. Knows numbers only."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from llamo.analysis.finding import Verdict


class Interval(NamedTuple):
    """A mean with its interval of confidence; the same number thrice where there is one value only."""

    mean: float
    low: float
    high: float

    def __format__(self, how: str) -> str:
        how = how or ".3g"
        return f"{self.mean:{how}} [{self.low:{how}}, {self.high:{how}}]"


def interval(values: Sequence[float], *, confidence: float = 0.95) -> Interval:
    """Mean and Student's t interval of independent values, such as one per seed.

    Raises:
        ValueError: no value.
    """
    from scipy.stats import t

    found = np.asarray(values, float)
    if not len(found):
        raise ValueError("an interval needs values, got none")
    mean = float(found.mean())
    if len(found) == 1:
        return Interval(mean, mean, mean)
    margin = float(t.ppf((1 + confidence) / 2, len(found) - 1) * found.std(ddof=1) / len(found) ** 0.5)
    return Interval(mean, mean - margin, mean + margin)


def difference(ours: Sequence[float], theirs: Sequence[float], *, confidence: float = 0.95) -> Interval:
    """Interval of the mean difference of paired values, such as of the same seeds."""
    return interval(np.subtract(ours, theirs).tolist(), confidence=confidence)


def over_rows(values: Sequence[float], *, confidence: float = 0.95, resamples: int = 2000, seed: int = 0) -> Interval:
    """Mean and percentile bootstrap interval of independent values, such as one per molecule.

    Raises:
        ValueError: no value.
    """
    found = np.asarray(values, float)
    if not len(found):
        raise ValueError("an interval needs values, got none")
    drawn = np.random.default_rng(seed).integers(0, len(found), (resamples, len(found)))
    tail = 100 * (1 - confidence) / 2
    low, high = np.percentile(found[drawn].mean(1), [tail, 100 - tail])
    return Interval(float(found.mean()), float(low), float(high))


def direction(found: Interval) -> Verdict:
    """Supports where the whole interval is above 0, contradicts where it is below, else undecided."""
    return "supports" if found.low > 0 else "contradicts" if found.high < 0 else "undecided"


def all_lose(differences: Sequence[Interval]) -> Verdict:
    """Supports where every interval is below 0, contradicts where one is above, else undecided."""
    if any(one.low > 0 for one in differences):
        return "contradicts"
    return "supports" if all(one.high < 0 for one in differences) else "undecided"
