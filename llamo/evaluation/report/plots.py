"""Plots as SVG to stand in a page: they take the page's colours and font. Knows numbers, no result and no molecule.

The same numbers give the same text: no date, no random name. Global settings of matplotlib are left as they are.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from io import StringIO
from typing import Any

import numpy as np

# Colours while drawing, and the variables of the page that take their place.
_INK, _LINE, _BACK = "#010101", "#020202", "#030303"
_SERIES = ("#040404", "#050505", "#060606", "#070707")
_VARIABLES = {_INK: "ink", _LINE: "line", _BACK: "back"} | {
    color: f"series-{number}" for number, color in enumerate(_SERIES, 1)
}
# Points drawn of a scatter plot; more make the page heavy and the picture no clearer.
MOST_POINTS = 2000
_SETTINGS: Any = {
    "axes.edgecolor": _LINE,
    "axes.facecolor": "none",
    "axes.labelcolor": _INK,
    "axes.prop_cycle": "cycler('color', " + str(list(_SERIES)) + ")",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 9.0,
    "grid.color": _LINE,
    "legend.frameon": False,
    "legend.labelcolor": _INK,
    "svg.fonttype": "none",
    "svg.hashsalt": "llamo",
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
}


def histogram(values: np.ndarray, *, name: str, label: str) -> str:
    """Distribution of one number per row, with its mean."""
    with _settings():
        figure, axes = _axes(3.4, 2.4, label, "rows")
        low, high = float(values.min()), float(values.max())
        whole = bool(np.all(values == np.round(values))) and high - low < 30
        edges = np.arange(low, high + 2) - 0.5 if whole else min(24, max(5, round(len(values) ** 0.5)))
        axes.hist(values, bins=edges, edgecolor=_BACK, linewidth=0.6)
        axes.axvline(values.mean(), color=_INK, linestyle="--", linewidth=1)
        return _svg(figure, name, f"Histogram of {label}: {len(values)} rows, mean {values.mean():.4g}")


def scatter(series: Mapping[str, tuple[np.ndarray, np.ndarray]], *, name: str) -> str:
    """Predicted against true numbers, one colour per group; on the line they agree."""
    with _settings():
        figure, axes = _axes(4.4, 4.0, "true", "predicted")
        for number, (label, (true, predicted)) in enumerate(series.items()):
            color = _SERIES[number % len(_SERIES)]
            axes.scatter(true, predicted, s=16, alpha=0.6, linewidths=0, label=_plain(label), color=color)
        both = np.concatenate([true for true, _ in series.values()])
        axes.plot([both.min(), both.max()], [both.min(), both.max()], color=_INK, linestyle="--", linewidth=1)
        _legend(axes, series)
        return _svg(figure, name, f"Predicted against true numbers of {len(both)} rows")


def receiver(false: np.ndarray, true: np.ndarray, *, name: str, area: float) -> str:
    """True positive rate against false positive rate."""
    with _settings():
        figure, axes = _axes(4.0, 3.6, "false positive rate", "true positive rate")
        axes.plot([0, 1], [0, 1], color=_INK, linestyle="--", linewidth=1)
        axes.plot(false, true, linewidth=1.8)
        return _svg(figure, name, f"ROC curve, area {area:.3f}")


def trend(groups: Sequence[np.ndarray], places: Sequence[float], *, name: str, across: str, label: str) -> str:
    """Means of groups of rows in order of some size, with two standard errors either way."""
    with _settings():
        figure, axes = _axes(4.0, 3.0, across, f"mean {label}")
        means = [float(group.mean()) for group in groups]
        errors = [2 * float(group.std(ddof=1)) / len(group) ** 0.5 if len(group) > 1 else 0.0 for group in groups]
        axes.errorbar(places, means, yerr=errors, marker="o", markersize=4, linewidth=1.5, elinewidth=1, capsize=2)
        return _svg(figure, name, f"Mean {label} by {across}")


def reliability(curves: Mapping[str, tuple[Sequence[float], Sequence[float]]], *, name: str, label: str) -> str:
    """Mean quality against mean confidence of bins; on the line confidence says what it means."""
    with _settings():
        figure, axes = _axes(4.0, 3.6, "mean confidence", f"mean {label}")
        axes.plot([0, 1], [0, 1], color=_INK, linestyle="--", linewidth=1)
        for kind, (confidence, quality) in curves.items():
            axes.plot(confidence, quality, marker="o", markersize=4, linewidth=1.5, label=kind)
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        _legend(axes, curves)
        return _svg(figure, name, f"Mean {label} by confidence")


def coverage(curves: Mapping[str, tuple[np.ndarray, np.ndarray]], *, name: str, label: str) -> str:
    """Mean quality or error of the rows kept, against their share."""
    with _settings():
        figure, axes = _axes(4.0, 3.6, "share of rows kept, most confident first", f"mean {label}")
        for kind, (kept, values) in curves.items():
            few = np.unique(np.linspace(0, len(kept) - 1, 200).astype(int))
            axes.plot(kept[few], values[few], linewidth=1.5, label=kind, marker="o" if len(kept) < 12 else None)
        axes.set_xlim(0, 1.02)
        _legend(axes, curves)
        return _svg(figure, name, f"Mean {label} of the rows kept")


def _settings() -> Any:
    """Within this, matplotlib draws as the page wants it."""
    import matplotlib

    return matplotlib.rc_context(_SETTINGS)


def _axes(width: float, height: float, across: str, up: str) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", facecolor="none")
    axes = figure.add_subplot()
    axes.set(xlabel=_plain(across), ylabel=_plain(up))
    axes.grid(axis="y", linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes


def _legend(axes: Any, series: Mapping[str, Any]):
    if len(series) > 1:
        axes.legend(markerscale=1.5)


def _plain(text: str) -> str:
    """Text in which matplotlib sees no formula."""
    return text.replace("$", r"\$")


def _rounded(attribute: re.Match[str]) -> str:
    """Coordinates to a hundredth of a point."""
    return re.sub(r"(\.\d\d)\d+", r"\1", attribute[0])


def _svg(figure: Any, name: str, description: str) -> str:
    """The figure as an `<svg>` element whose ids begin with `name`."""
    buffer = StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"font-family: [^;\"]*", "font-family: var(--font)", text)
    text = re.sub(r' (?:d|x|y|transform)="[^"]*"', _rounded, text)
    for color, variable in _VARIABLES.items():
        text = text.replace(color, f"var(--{variable})")
    used = set(re.findall(r"(?:url\(|href=\")#([\w-]+)", text))
    text = re.sub(r' id="([^"]*)"', lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", text)
    text = re.sub(r"(url\(|href=\")#", rf"\g<1>#{name}-", text)
    return text.replace("<svg", f'<svg class="plot" role="img" aria-label="{escape(description)}"', 1)
