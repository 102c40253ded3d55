"""The matrix of kinds learned from and kinds asked about. Knows numbers, no model."""

from collections.abc import Mapping, Sequence

import numpy as np

from llamo.analysis.domains.experiment import VIEWS
from llamo.analysis.finding import Figure
from llamo.analysis.intervals import difference
from llamo.analysis.plots import drawing, to_svg

_TITLES = {"blind": "most frequent answer", **VIEWS}


def matrix(values: Mapping[str, Mapping[str, Mapping[str, float]]], asked: Sequence[str], caption: str) -> Figure:
    """One panel for each of the four ways to know the molecule.

    Args:
        values: share of right answers by panel, domain learned from and domain asked.
        asked: columns.
        caption: of the figure.
    """
    with drawing(8.2, 6.2) as figure:
        panels = figure.subplots(2, 2, sharex=True, sharey=True)
        for axes, (name, rows) in zip(panels.flat, values.items(), strict=True):
            cells = np.array([[100 * rows[learned][one] for one in asked] for learned in rows])
            image = axes.imshow(cells, cmap="Blues", vmin=20, vmax=100, aspect="auto")
            for (row, column), value in np.ndenumerate(cells):
                own = list(rows)[row] == asked[column]
                axes.text(
                    column,
                    row,
                    f"{value:.0f}",
                    ha="center",
                    va="center",
                    color="white" if value > 70 else "black",
                    fontweight="bold" if own else "normal",
                )
            axes.set_xticks(range(len(asked)), asked, rotation=40, ha="right", rotation_mode="anchor")
            axes.set_yticks(range(len(rows)), list(rows))
            axes.tick_params(length=0)
            axes.set_title(_TITLES[name], fontsize=9)
            axes.grid(visible=False)
            axes.spines[:].set_visible(False)
        figure.supylabel("learned from", fontsize=9)
        figure.supxlabel("asked about", fontsize=9)
        bar = figure.colorbar(image, ax=panels, shrink=0.9, pad=0.01)
        bar.set_label("right answers in %")
        bar.outline.set_visible(False)
        return Figure(to_svg(figure), caption)


def changes(losses: Mapping[str, Mapping[str, Sequence[float]]], without: str, caption: str) -> Figure:
    """Change of the loss by kind asked, a bar for each source, with intervals over molecules.

    Args:
        losses: of each molecule, by source and kind asked.
        without: the source that others are compared with.
        caption: of the figure.
    """
    with drawing(5.6, 3.0) as figure:
        axes, kinds = figure.add_subplot(), list(losses[without])
        sources = [source for source in losses if source != without]
        width = 0.8 / len(sources)
        for number, source in enumerate(sources):
            found = [difference(losses[source][kind], losses[without][kind]) for kind in kinds]
            places = np.arange(len(kinds)) + (number - (len(sources) - 1) / 2) * width
            spread = np.array([(one.mean - one.low, one.high - one.mean) for one in found]).T
            axes.bar(places, [one.mean for one in found], width * 0.92, yerr=spread, label=source, capsize=2)
        axes.axhline(0, color="black", linewidth=0.8)
        axes.set_xticks(range(len(kinds)), [f"{kind} molecules" for kind in kinds])
        axes.set_ylabel("change of loss, nats per token")
        axes.legend(title="caption retrieved from", ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=8)
        return Figure(to_svg(figure), caption)
