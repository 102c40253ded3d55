"""What a metric is: a measurement of each row, a summary of rows, and confidence intervals from resampled rows.

A scorer measures once; a summary of any choice of rows costs no new measurement. That is what the bootstrap needs, and
what per-example tables show.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

# Per-row measurements by name, each of shape (rows,) or (rows, k). NaN: does not apply to the row.
Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Pairs:
    """Answers beside what they should be, row by row.

    Attributes:
        predictions: answers; an empty text where there is none.
        references: the truth, one per row.
        scores: for classifications, how sure the answer is of "yes"; NaN where unknown.
        groups: what is scored apart and then averaged, such as the assays of Tox21.
        smiles: the molecule each row asks about; empty where there is none.
    """

    predictions: Sequence[str]
    references: Sequence[str]
    scores: Sequence[float] | None = None
    groups: Sequence[str] | None = None
    smiles: Sequence[str] | None = None

    def __post_init__(self):
        lengths = {"predictions": len(self.predictions), "references": len(self.references)}
        for name in ("scores", "groups", "smiles"):
            if getattr(self, name) is not None:
                lengths[name] = len(getattr(self, name))
        if len(set(lengths.values())) > 1:
            raise ValueError(f"rows differ in number: {lengths}; give one of each per row")
        if not lengths["predictions"]:
            raise ValueError("there are no rows to score; give at least one prediction")
        for name in ("predictions", "references"):
            for row, value in enumerate(getattr(self, name)):
                if not isinstance(value, str):
                    raise ValueError(f"{name}, row {row}: got {value!r}; give text (an empty one for no answer)")


class Scorer(ABC):
    """One metric, or a few that share a measurement."""

    # Names of summaries where less is better.
    lower_is_better: ClassVar[frozenset[str]] = frozenset()

    @property
    def settings(self) -> dict[str, str]:
        """What has to be printed with the scores, such as the tokenizer."""
        return {}

    @abstractmethod
    def measure(self, pairs: Pairs) -> Columns:
        """Measures each row."""

    @abstractmethod
    def summarise(self, columns: Columns) -> dict[str, float]:
        """Scores of the rows in `columns`; NaN where they define none."""


@dataclass(frozen=True)
class Score:
    """A score with the bounds of its confidence interval, which are None where none was asked for."""

    value: float
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON; what is not a number is None."""
        return {name: _number_or_none(getattr(self, name)) for name in ("value", "low", "high")}


def _number_or_none(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)


def bootstrap(
    scorer: Scorer, columns: Columns, *, resamples: int = 1000, confidence: float = 0.95, seed: int = 0
) -> dict[str, Score]:
    """Scores with percentile bootstrap intervals over rows (Efron and Tibshirani 1993, chapter 13).

    Args:
        scorer: summarises.
        columns: what it measured.
        resamples: draws of rows; 0 gives no intervals.
        confidence: share of resampled scores between the bounds.
        seed: of the draws.
    """
    values = scorer.summarise(columns)
    if not resamples:
        return {name: Score(value) for name, value in values.items()}
    rows = len(next(iter(columns.values())))
    random = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {name: [] for name in values}
    for _ in range(resamples):
        chosen = random.integers(0, rows, rows)
        sample = scorer.summarise({name: column[chosen] for name, column in columns.items()})
        for name in values:
            drawn[name].append(sample[name])
    tail = 100 * (1 - confidence) / 2
    return {name: _score(value, drawn[name], tail) for name, value in values.items()}


def _score(value: float, drawn: list[float], tail: float) -> Score:
    known = np.array([one for one in drawn if np.isfinite(one)])
    if not len(known):
        return Score(value)
    low, high = np.percentile(known, [tail, 100 - tail])
    return Score(value, float(low), float(high))


def score(scorer: Scorer, pairs: Pairs, **options: Any) -> dict[str, Score]:
    """Measures and summarises; `options` as in `bootstrap`."""
    return bootstrap(scorer, scorer.measure(pairs), **options)
