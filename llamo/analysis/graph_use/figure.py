"""Pictures of what wrong graphs cost. Knows numbers and words."""

from collections.abc import Mapping, Sequence

from llamo.analysis.intervals import Interval
from llamo.analysis.plots import COLORS, drawing, to_svg

# Where the axis of costs turns from linear to logarithmic, in nats per token.
LINEAR_UP_TO = 0.5
_TICKS = (0, 0.25, 0.5, 1, 2, 4)
VIEWS = {"both": "SMILES and graph in the prompt", "graph": "graph alone"}


def costs_figure(costs: Mapping[str, Mapping[str, Mapping[str, Interval]]], graphs: Sequence[str]) -> str:
    """By view, kind and graphs: kinds from top to bottom, a panel for each view, a colour for each of `graphs`."""
    kinds = list(costs)
    with drawing(7.2, 1.0 + 0.3 * len(kinds)) as figure:
        panels = figure.subplots(1, len(VIEWS), sharey=True)
        for axes, (view, title) in zip(panels, VIEWS.items(), strict=True):
            axes.grid(axis="y", visible=False)
            axes.grid(axis="x", visible=True)
            axes.axvline(0, color="#333333", linewidth=0.8)
            for number, name in enumerate(graphs):
                for place, kind in enumerate(kinds):
                    cost, at = costs[kind][view][name], place + 0.24 * (number - (len(graphs) - 1) / 2)
                    axes.plot([cost.low, cost.high], [at, at], color=COLORS[number])
                    label = name if not place else None
                    axes.plot([cost.mean], [at], "o", color=COLORS[number], markersize=4.5, label=label)
            axes.set_xscale("symlog", linthresh=LINEAR_UP_TO)
            axes.set_xticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
            axes.minorticks_off()
            axes.set_title(title, fontsize=9)
            axes.set_xlabel("cost, nats per token")
        panels[0].set_yticks(range(len(kinds)), kinds)
        panels[0].invert_yaxis()
        panels[1].legend(loc="lower right", fontsize=8, title="graph", title_fontsize=8)
        return to_svg(figure)


def parts_figure(costs: Mapping[str, Mapping[str, Interval]], graphs: Sequence[str]) -> str:
    """By kind and graphs: a table whose cells are coloured by the cost; bold where the interval leaves out 0."""
    import numpy as np
    from matplotlib.colors import SymLogNorm

    kinds = list(costs)
    means = np.array([[costs[kind][name].mean for name in graphs] for kind in kinds])
    highest = max(float(np.abs(means).max()), LINEAR_UP_TO)
    with drawing(7.2, 1.1 + 0.3 * len(kinds)) as figure:
        axes = figure.add_subplot()
        norm = SymLogNorm(LINEAR_UP_TO, vmin=-highest, vmax=highest)
        axes.pcolormesh(means, cmap="RdBu_r", norm=norm, edgecolors="white", linewidth=1)
        axes.grid(visible=False)
        for row, kind in enumerate(kinds):
            for column, name in enumerate(graphs):
                cost = costs[kind][name]
                sure = cost.low > 0 or cost.high < 0
                color = "white" if abs(norm(cost.mean) - 0.5) > 0.32 else "black"
                text = f"{cost.mean:+.2f}"
                style = {"weight": "bold" if sure else "normal", "color": color, "fontsize": 8}
                axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", **style)
        axes.set_yticks(np.arange(len(kinds)) + 0.5, kinds)
        axes.set_xticks(np.arange(len(graphs)) + 0.5, [name.replace(" ", "\n", 1) for name in graphs], fontsize=8)
        axes.tick_params(length=0)
        axes.xaxis.tick_top()
        axes.invert_yaxis()
        for side in axes.spines.values():
            side.set_visible(False)
        return to_svg(figure)


def gaps_figure(gaps: Mapping[str, Mapping[str, Sequence[float]]], unit: str) -> str:
    """By test and way: the values of both ways, those of one seed joined."""
    with drawing(6.4, 2.5) as figure:
        for axes, (test, ways) in zip(figure.subplots(1, len(gaps), squeeze=False)[0], gaps.items(), strict=True):
            for seed, pair in enumerate(zip(*ways.values(), strict=True)):
                axes.plot([0, 1], pair, "o-", color=COLORS[seed % len(COLORS)], markersize=4.5)
            axes.axhline(0, color="#333333", linewidth=0.8)
            axes.set_xticks([0, 1], list(ways))
            axes.set_xlim(-0.4, 1.4)
            axes.set_title(test, fontsize=9)
            axes.set_ylabel(unit)
        return to_svg(figure)
