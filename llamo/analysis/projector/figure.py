"""Pictures of compared arms: one row each, every seed as a point, mean and interval. Knows no verdict."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from llamo.analysis.plots import COLORS, drawing, to_svg
from llamo.analysis.projector.comparison import Compared, Measure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def rows_figure(compared: Mapping[str, Compared], names: Sequence[str], reference: str) -> str:
    """Arms from top to bottom in both measures; the reference is coloured and its mean a line."""
    with drawing(7.2, 0.9 + 0.27 * len(names)) as figure:
        measures = compared[reference].measures
        panels = figure.subplots(1, len(measures), sharey=True)
        for axes, measure in zip(panels, measures, strict=True):
            axes.grid(axis="y", visible=False)
            axes.grid(axis="x", visible=True)
            axes.axvline(compared[reference].means[measure.key].mean, color=COLORS[0], linewidth=0.8, linestyle=":")
            for place, name in enumerate(names):
                _row(axes, compared[name], measure, place, COLORS[0] if name == reference else "#333333")
            axes.set_xlabel(f"{measure.title} ({'more' if measure.better > 0 else 'less'} is better)")
        panels[0].set_yticks(range(len(names)), names)
        panels[0].invert_yaxis()
        return to_svg(figure)


def queries_figure(compared: Mapping[str, Compared], names: Mapping[int, str]) -> str:
    """Both measures by queries per level."""
    with drawing(6.4, 2.5) as figure:
        measures = compared[names[min(names)]].measures
        for axes, measure in zip(figure.subplots(1, len(measures)), measures, strict=True):
            for queries, name in names.items():
                values = compared[name].values[measure.key]
                axes.plot([queries] * len(values), values, ".", color=COLORS[0], alpha=0.45, markeredgewidth=0)
            means = [compared[name].means[measure.key].mean for name in names.values()]
            axes.plot(list(names), means, "o-", color=COLORS[0], markersize=4)
            axes.set_xscale("log", base=2)
            axes.set_xticks(list(names), [str(queries) for queries in names])
            axes.set_xlabel("queries per level and of the motifs")
            axes.set_ylabel(measure.title)
        return to_svg(figure)


def _row(axes: "Axes", one: Compared, measure: Measure, place: int, color: str):
    values, mean = one.values[measure.key], one.means[measure.key]
    axes.plot(values, [place] * len(values), ".", color=color, alpha=0.45, markeredgewidth=0)
    axes.plot([mean.low, mean.high], [place, place], color=color, linewidth=1)
    axes.plot([mean.mean], [place], "o", color=color, markersize=4.5)
