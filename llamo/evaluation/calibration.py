"""How well confidences tell good answers from bad ones: reliability, discrimination, and what is gained by keeping the
most confident answers. Knows results, no model and no picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from llamo.evaluation.answer import Answer
from llamo.evaluation.result import Result
from llamo.metrics.classification import auroc, read_yes_no

# What each kind of confidence is, for tables and pictures.
CONFIDENCE_KINDS = {
    "token_probability": "geometric mean probability of the answer's tokens",
    "answer_probability": "probability of the whole answer",
    "agreement": "share of sampled answers that say the same",
    "score": "probability of the given answer among yes and no",
}
# A summed log-probability above 0 by less than this is rounding.
_ROUNDING = 1e-3


@dataclass(frozen=True)
class Bin:
    """Rows of similar confidence.

    Attributes:
        low: least confidence.
        high: greatest confidence.
        rows: number of rows.
        confidence: mean.
        quality: mean; share of right answers where answers are right or wrong.
    """

    low: float
    high: float
    rows: int
    confidence: float
    quality: float


@dataclass(frozen=True)
class Calibration:
    """Confidences beside the quality of answers. What rows do not define is NaN: all of it for no row at all.

    Attributes:
        rows: with both a confidence and a quality.
        left_out: rows that lack either.
        bins: rows by confidence, the least first.
        expected_calibration_error: mean of |confidence - quality| over bins, each counted by its rows (Guo et al.
            2017, arXiv 1706.04599).
        brier: mean squared difference of confidence and quality (Brier 1950).
        auroc: chance that a right answer has more confidence than a wrong one; NaN where quality is not just 0 or 1,
            or all answers are right, or none is.
    """

    rows: int
    left_out: int
    bins: tuple[Bin, ...]
    expected_calibration_error: float
    brier: float
    auroc: float


@dataclass(frozen=True)
class Quality:
    """How good each answer is.

    Attributes:
        name: "correct", or the column that stands in for it.
        values: one per row in [0, 1]; NaN where it cannot be said.
    """

    name: str
    values: np.ndarray


def confidences(result: Result) -> dict[str, np.ndarray]:
    """The kinds of confidence that at least one answer has, each of shape (rows,), NaN where it is unknown.

    `answer_probability` is left out for texts: that of a paragraph says nothing but how long it is.
    """
    found = {
        "token_probability": [_token_probability(row, answer) for row, answer in enumerate(result.answers)],
        "agreement": [_or_nan(answer.agreement) for answer in result.answers],
    }
    if result.kind != "text":
        found["answer_probability"] = [_probability(row, answer, 1) for row, answer in enumerate(result.answers)]
    if result.kind == "yes_no":
        found["score"] = [
            _of_given(_or_nan(answer.score), parsed)
            for answer, parsed in zip(result.answers, result.parsed, strict=True)
        ]
    arrays = {name: np.array(found[name], float) for name in CONFIDENCE_KINDS if name in found}
    return {name: values for name, values in arrays.items() if np.isfinite(values).any()}


def quality(result: Result) -> Quality | None:
    """Right or wrong where that can be said, else the ranking column where it lies in [0, 1], such as METEOR.

    Confidences are then compared with how good an answer is, not with whether it is right.
    """
    if result.correct is not None:
        return Quality("correct", np.array(result.correct, float))
    if result.ranking is None or result.ranking in result.lower_is_better:
        return None
    values = np.array(result.columns[result.ranking], float)
    known = values[np.isfinite(values)]
    return Quality(result.ranking, values) if len(known) and known.min() >= 0 and known.max() <= 1 else None


def calibrate(
    confidence: Sequence[float] | np.ndarray,
    quality: Sequence[float] | np.ndarray,
    *,
    bins: int = 10,
    equal: Literal["count", "width"] = "count",
) -> Calibration:
    """Compares confidences with qualities.

    Args:
        confidence: in [0, 1] per row; NaN where unknown.
        quality: 1 or 0 per row, or between; NaN where unknown.
        bins: at most so many; equal confidences share one, and empty ones are left out.
        equal: what bins have in common: about the same number of rows, or the same width.

    Raises:
        ValueError: unequal numbers of rows, a value outside [0, 1], or fewer than one bin.
    """
    if bins < 1:
        raise ValueError(f"bins: got {bins}; give at least 1")
    confidence, quality = _checked(confidence, "confidence"), _checked(quality, "quality")
    known = _known(confidence, quality)
    sure, good = confidence[known], quality[known]
    found = _bins(sure, good, bins, equal)
    gaps = [one.rows * abs(one.confidence - one.quality) for one in found]
    return Calibration(
        rows=len(sure),
        left_out=len(known) - len(sure),
        bins=found,
        expected_calibration_error=sum(gaps) / len(sure) if len(sure) else np.nan,
        brier=float(np.mean((sure - good) ** 2)) if len(sure) else np.nan,
        auroc=auroc(sure, good == 1) if np.isin(good, [0, 1]).all() else np.nan,
    )


def roc_curve(
    scores: Sequence[float] | np.ndarray, truths: Sequence[float] | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """False and true positive rates from the strictest threshold to the loosest; empty where a class has no row."""
    scores, truths = np.asarray(scores, float), np.asarray(truths, float)
    order = np.argsort(-scores, kind="stable")
    ends = _ends_of_ties(scores[order])
    true, false = np.cumsum(truths[order])[ends], np.cumsum(1 - truths[order])[ends]
    if not len(ends) or not true[-1] or not false[-1]:
        return np.array([]), np.array([])
    return np.r_[0, false / false[-1]], np.r_[0, true / true[-1]]


def coverage_curve(
    confidence: Sequence[float] | np.ndarray, values: Sequence[float] | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Share of rows kept, the most confident first, and the mean of `values` over those kept.

    Rows of equal confidence are kept together. Rows that lack either are left out.
    """
    confidence, values = np.asarray(confidence, float), np.asarray(values, float)
    known = _known(confidence, values)
    confidence, values = confidence[known], values[known]
    order = np.argsort(-confidence, kind="stable")
    ends = _ends_of_ties(confidence[order])
    return (ends + 1) / max(len(confidence), 1), np.cumsum(values[order])[ends] / (ends + 1)


def equal_count(values: np.ndarray, bins: int) -> list[np.ndarray]:
    """Masks of at most so many bins of about as many values each, from the least; equal values share a bin."""
    return _between(values, np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1])) if len(values) else []


def _between(values: np.ndarray, edges: np.ndarray) -> list[np.ndarray]:
    """Masks of the values between neighbouring edges, where there are any; an edge is in the bin below it."""
    number = np.searchsorted(edges, values)
    return [number == one for one in np.unique(number)]


def _ends_of_ties(ordered: np.ndarray) -> np.ndarray:
    """Places of the last of each run of equal values."""
    return np.flatnonzero(np.r_[ordered[1:] != ordered[:-1], True]) if len(ordered) else np.array([], int)


def _bins(confidence: np.ndarray, quality: np.ndarray, bins: int, equal: str) -> tuple[Bin, ...]:
    shares = np.linspace(0, 1, bins + 1)[1:-1]
    members = equal_count(confidence, bins) if equal == "count" else _between(confidence, shares)
    return tuple(
        Bin(
            low=float(confidence[rows].min()),
            high=float(confidence[rows].max()),
            rows=int(rows.sum()),
            confidence=float(confidence[rows].mean()),
            quality=float(quality[rows].mean()),
        )
        for rows in members
    )


def _checked(values: Sequence[float] | np.ndarray, name: str) -> np.ndarray:
    array = np.asarray(values, float)
    outside = np.flatnonzero((array < 0) | (array > 1))
    if len(outside):
        raise ValueError(
            f"{name}, row {outside[0]}: got {array[outside[0]]:g}; give values from 0 to 1, NaN if unknown"
        )
    return array


def _known(confidence: np.ndarray, values: np.ndarray) -> np.ndarray:
    if confidence.shape != values.shape:
        raise ValueError(f"got {len(confidence)} confidences for {len(values)} answers; give one per row")
    return np.isfinite(confidence) & np.isfinite(values)


def _token_probability(row: int, answer: Answer) -> float:
    return _probability(row, answer, answer.num_tokens) if answer.num_tokens else np.nan


def _probability(row: int, answer: Answer, tokens: int) -> float:
    if answer.log_probability is None:
        return np.nan
    if answer.log_probability > _ROUNDING:
        raise ValueError(
            f"row {row if answer.row is None else answer.row}: log_probability {answer.log_probability:g} is above 0; "
            "give the sum of the tokens' log-probabilities"
        )
    return float(np.exp(min(answer.log_probability, 0.0) / tokens))


def _of_given(yes: float, parsed: str) -> float:
    """Probability of the answer that was given, from that of yes."""
    given = read_yes_no(parsed)
    return np.nan if given is None else yes if given else 1 - yes


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
