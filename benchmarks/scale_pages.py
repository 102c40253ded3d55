"""The tables and figures of `benchmarks/scale.py`. Measures nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

_TITLES = {
    "atoms": ("atoms in the molecule", "One molecule alone, by its size"),
    "prompt": ("molecules in the prompt", "One prompt, by the molecules it is about"),
}


def write_pages(folder: Path, results: Mapping[str, Any]):
    """Writes `scale.md` and three figures beside it."""
    matplotlib.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    for name in _TITLES:
        _draw_curve(results[name], _TITLES[name][0]).savefig(folder / f"scale-{name}.png", dpi=110)
    _draw_stream(results["stream"]).savefig(folder / "scale-stream.png", dpi=110)
    (folder / "scale.md").write_text(page(results), encoding="utf-8")


def page(results: Mapping[str, Any]) -> str:
    """All numbers of the figures as Markdown."""
    parts = [
        "# Scale",
        "Written by `python benchmarks/scale.py`, which says what is measured. Times are CPU milliseconds, one thread, "
        "median. Memory is what one call allocates at its peak, in PyTorch, Python and numpy; RDKit's own is not "
        f"counted. Molecules of prompts and stream: {results['molecules']}.",
    ]
    for name, (first, title) in _TITLES.items():
        parts += [f"## {title}", f"![{title}](scale-{name}.png)"]
        parts += [curve_table(results[name], first, "ms"), curve_table(results[name], first, "mb")]
    parts += ["## A stream from a file", "![Memory of a stream](scale-stream.png)", stream_table(results["stream"])]
    return "\n\n".join(parts) + "\n"


def curve_table(curve: Mapping[int, Any], first: str, unit: str) -> str:
    """One row per size, one column per stage that is measured in this unit."""
    stages = _stages(curve, unit)
    rows = [[f"{first}; {'ms' if unit == 'ms' else 'peak MB'}", *stages]]
    for size, values in curve.items():
        rows.append([f"{size:,}", *(_number(values[stage][unit]) for stage in stages)])
    return table(rows)


def _stages(curve: Mapping[int, Any], unit: str) -> list[str]:
    return [stage for stage, values in next(iter(curve.values())).items() if unit in values]


def stream_table(samples: list[dict[str, float]]) -> str:
    """Decades of molecules and the last sample."""
    decades = {10**power for power in range(7)}
    kept = [sample for sample in samples if sample["molecules"] in decades or sample is samples[-1]]
    rows = [["molecules", "CPU seconds", "resident MB"]]
    rows += [[f"{one['molecules']:,}", _number(one["seconds"]), f"{one['mb']:.0f}"] for one in kept]
    return table(rows)


def table(rows: list[list[str]]) -> str:
    """Markdown; the first row is the head, all but the first column are numbers."""
    head, *body = rows
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *body))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}" if value >= 0.01 else f"{value:.1g}"


def _draw_curve(curve: Mapping[int, Any], first: str) -> Figure:
    figure = Figure(figsize=(11, 4), layout="constrained")
    for axes, unit, label in zip(figure.subplots(1, 2), ("ms", "mb"), ("CPU ms", "peak MB"), strict=True):
        for color, stage in enumerate(_stages(curve, "ms")):
            if stage in _stages(curve, unit):
                values = [at_size[stage][unit] for at_size in curve.values()]
                axes.plot(list(curve), values, marker="o", markersize=3, label=stage, color=f"C{color}")
        axes.set_yscale("log")
        _label(axes, first, label)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize="small")
    return figure


def _draw_stream(samples: list[dict[str, float]]) -> Figure:
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot([one["molecules"] for one in samples], [one["mb"] for one in samples], marker="o", markersize=3)
    _label(axes, "molecules read so far", "resident MB")
    axes.set_ylim(0, 1.2 * max(one["mb"] for one in samples))
    return figure


def _label(axes: Axes, first: str, second: str):
    axes.set(xlabel=first, ylabel=second, xscale="log")
    for axis in (axes.xaxis, axes.yaxis):
        if axis.get_scale() == "log":
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.grid(alpha=0.3)
