"""Which plots a report has: what a result lends itself to, drawn, with a caption that says what is not shown."""

from dataclasses import dataclass

import numpy as np

from llamo.evaluation.calibration import calibrate, confidences, coverage_curve, equal_count, quality, roc_curve
from llamo.evaluation.example_table import measurements
from llamo.evaluation.report import plots
from llamo.evaluation.report.drawing import heavy_atoms
from llamo.evaluation.result import Result
from llamo.metrics.classification import auroc, read_yes_no
from llamo.metrics.numbers import read_number

# Histograms in a report, the ranking column's first.
MOST_HISTOGRAMS = 9
# Bins of a trend, and rows that a bin needs.
TREND_BINS, ROWS_PER_BIN = 8, 5


@dataclass(frozen=True)
class Plot:
    """A plot with what has to be said about it."""

    svg: str
    caption: str


def distributions(result: Result) -> list[Plot]:
    """Histograms of the numbers per row that take more than two values."""
    columns = measurements(result)
    names = sorted(columns, key=lambda name: name != result.ranking)
    wide = [name for name in names if len(np.unique(_finite(columns[name]))) > 2]
    return [_distribution(name, columns[name]) for name in wide[:MOST_HISTOGRAMS]]


def truth(result: Result) -> list[Plot]:
    """Predicted against true numbers, or the ROC curve of yes and no, where the answers are such."""
    if result.kind == "number":
        return _numbers(result)
    return _receiver(result) if result.kind == "yes_no" else []


def trends(result: Result) -> list[Plot]:
    """How good answers are by size of the molecules asked about, and by length of the truth."""
    if result.ranking is None:
        return []
    values = np.asarray(result.columns[result.ranking], float)
    atoms = np.array([heavy_atoms(answer.smiles) for answer in result.answers])
    lengths = np.array([float(len(answer.target)) for answer in result.answers])
    wanted = {"heavy atoms": atoms}
    if result.kind in ("text", "name", "smiles"):
        wanted["characters of the true answer"] = lengths
    drawn = [_trend(across, sizes, values, result.ranking) for across, sizes in wanted.items()]
    return [plot for plot in drawn if plot is not None]


def confidence(result: Result) -> list[Plot]:
    """Calibration, and what is gained by keeping only the most confident answers."""
    sure, good = confidences(result), quality(result)
    if not sure:
        return []
    if good is not None:
        return [*_reliability(sure, good.name, good.values), *_coverage(sure, good.name, good.values)]
    if result.ranking is None:
        return []
    return _coverage(sure, result.ranking, np.asarray(result.columns[result.ranking], float))


def _distribution(name: str, column: np.ndarray) -> Plot:
    values = _finite(column)
    low, high = np.percentile(values, [1, 99])
    inside = values
    if np.ptp(values) > 20 * max(high - low, 1e-12):
        inside = values[(values >= low) & (values <= high)]
    caption = f"{name}: mean {_number(values.mean())}, median {_number(np.median(values))}"
    caption += _aside(len(column) - len(values), "without a value")
    caption += _aside(len(values) - len(inside), "far out, not shown")
    return Plot(plots.histogram(inside, name=f"distribution-{_plain(name)}", label=name), caption + ".")


def _numbers(result: Result) -> list[Plot]:
    true = np.array([_read(answer.target) for answer in result.answers])
    said = np.array([_read(parsed) for parsed in result.parsed])
    known = np.isfinite(true) & np.isfinite(said)
    if not known.any():
        return []
    margin = np.ptp(true[known]) or 1.0
    near = known & (said >= true[known].min() - margin) & (said <= true[known].max() + margin)
    drawn = _thinned(np.flatnonzero(near))
    groups = np.array([answer.group or "" for answer in result.answers])
    names = dict.fromkeys(groups[drawn])
    # More groups than colours are drawn as one.
    series = {name: drawn[groups[drawn] == name] for name in names} if len(names) <= 4 else {"": drawn}
    caption = f"{len(drawn):,} rows; on the dashed line the answer is right"
    caption += _aside(len(known) - int(known.sum()), "without a number")
    caption += _aside(int(known.sum() - near.sum()), "far out, not shown")
    caption += _aside(int(near.sum()) - len(drawn), "left out at random, to keep the plot small")
    if not len(drawn):
        return []
    picture = plots.scatter({name: (true[rows], said[rows]) for name, rows in series.items()}, name="numbers")
    return [Plot(picture, caption + ".")]


def _receiver(result: Result) -> list[Plot]:
    scores = np.array([np.nan if answer.score is None else answer.score for answer in result.answers])
    read = [read_yes_no(answer.target) for answer in result.answers]
    truths = np.array([np.nan if value is None else value for value in read])
    known = np.isfinite(scores) & np.isfinite(truths)
    false, true = roc_curve(scores[known], truths[known])
    if not len(false):
        return []
    area = auroc(scores[known], truths[known] == 1)
    pooled = ", all groups taken together" if any(answer.group for answer in result.answers) else ""
    caption = f"ROC curve of the probability of yes: area {area:.3f}{pooled}" + _aside(sum(~known), "without a score")
    return [Plot(plots.receiver(false, true, name="receiver", area=area), caption + ".")]


def _trend(across: str, sizes: np.ndarray, values: np.ndarray, label: str) -> Plot | None:
    known = np.isfinite(sizes) & np.isfinite(values)
    bins = equal_count(sizes[known], min(TREND_BINS, int(known.sum()) // ROWS_PER_BIN or 1))
    if len(bins) < 2:
        return None
    groups = [values[known][rows] for rows in bins]
    places = [float(np.median(sizes[known][rows])) for rows in bins]
    caption = (
        f"Mean {label} by {across}, in bins of about {int(known.sum()) // len(bins):,} rows; bars: two standard errors"
    )
    caption += _aside(len(known) - int(known.sum()), "without a value")
    picture = plots.trend(groups, places, name=f"trend-{_plain(across)}", across=across, label=label)
    return Plot(picture, caption + ".")


def _reliability(sure: dict[str, np.ndarray], label: str, values: np.ndarray) -> list[Plot]:
    bins = {kind: calibrate(confidence, values).bins for kind, confidence in sure.items()}
    curves = {
        kind: ([one.confidence for one in found], [one.quality for one in found])
        for kind, found in bins.items()
        if found
    }
    if not curves:
        return []
    caption = f"Mean {label} by mean confidence, in bins of about as many rows each; dashed: the two are the same."
    return [Plot(plots.reliability(curves, name="reliability", label=label), caption)]


def _coverage(sure: dict[str, np.ndarray], label: str, values: np.ndarray) -> list[Plot]:
    found = {kind: coverage_curve(confidence, values) for kind, confidence in sure.items()}
    curves = {kind: curve for kind, curve in found.items() if len(curve[0])}
    if not curves:
        return []
    caption = f"Mean {label} if only the most confident answers are kept."
    return [Plot(plots.coverage(curves, name="coverage", label=label), caption)]


def _thinned(rows: np.ndarray) -> np.ndarray:
    """No more rows than a scatter plot takes, the same ones each time."""
    if len(rows) <= plots.MOST_POINTS:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, plots.MOST_POINTS, replace=False))


def _finite(column: np.ndarray) -> np.ndarray:
    values = np.asarray(column, float)
    return values[np.isfinite(values)]


def _read(text: str) -> float:
    value = read_number(text)
    return np.nan if value is None else value


def _aside(rows: int, what: str) -> str:
    return f"; {rows:,} rows {what}" if rows else ""


def _number(value: float) -> str:
    return f"{value:.4g}"


def _plain(name: str) -> str:
    """A name that can be an id."""
    return "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name)
