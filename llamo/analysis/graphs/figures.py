"""Pictures of shares of right answers. Knows numbers and matplotlib (through `plots`)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from llamo.analysis.graphs.questions import QUESTIONS
from llamo.analysis.graphs.results import Results
from llamo.analysis.intervals import Interval
from llamo.analysis.plots import COLORS, drawing, to_svg

# An arm has one colour in all figures.
_COLORS = {
    "text": COLORS[0],
    "graph": COLORS[1],
    "graph and text": COLORS[2],
    "graph without communities": COLORS[4],
    "most frequent answer": "#bbbbbb",
}
_KINDS = ("connected?", "a cycle?", "shortest\npath", "degree", "nodes")


def by_kind_and_size(results: Results, of: str, arms: Sequence[str]) -> str:
    """Bars by kind of question, lines by size."""
    with drawing(8.6, 3.2) as figure:
        left, right = figure.subplots(1, 2, width_ratios=(2.2, 1), sharey=True)
        _bars(left, results, of, arms)
        left.set_ylabel("right answers, %")
        sizes = results.sizes(of)
        for number, arm in enumerate(arms):
            found = [results.share(of, arm, sizes=one) for one in sizes]
            places = np.arange(len(sizes)) + 0.06 * (number - (len(arms) - 1) / 2)
            right.errorbar(places, _means(found), yerr=_errors(found), color=_COLORS[arm], marker="o", capsize=2)
        right.set_xticks(range(len(sizes)), [f"{low}-{high}" for low, high in sizes])
        right.set_xlabel("nodes")
        figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=len(arms))
        return to_svg(figure)


def two_arms(results: Results, sets: Sequence[str], arms: Sequence[str]) -> str:
    """Bars by kind of question, a panel for each set of graphs."""
    with drawing(8.6, 3.0) as figure:
        panels = figure.subplots(1, len(sets), sharey=True)
        for panel, of in zip(panels, sets, strict=True):
            _bars(panel, results, of, arms)
            panel.set_title({"synthetic": "synthetic graphs", "real": "parts of real networks"}[of], fontsize=9)
        panels[0].set_ylabel("right answers, %")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=len(arms))
        return to_svg(figure)


def _bars(axes: Any, results: Results, of: str, arms: Sequence[str]):
    width = 0.8 / len(arms)
    for number, arm in enumerate(arms):
        found = [results.share(of, arm, question=name) for name in QUESTIONS]
        places = np.arange(len(QUESTIONS)) + width * (number - (len(arms) - 1) / 2)
        axes.bar(places, _means(found), width, label=arm, color=_COLORS[arm])
        if results.seeds > 1 and arm != "most frequent answer":
            axes.errorbar(places, _means(found), yerr=_errors(found), fmt="none", ecolor="#222222", elinewidth=1)
    axes.set_xticks(range(len(QUESTIONS)), _KINDS)
    axes.set_ylim(0, 100)


def _means(found: Sequence[Interval]) -> list[float]:
    return [100 * one.mean for one in found]


def _errors(found: Sequence[Interval]) -> list[list[float]]:
    """Lengths below and above the means, within 0 to 100 %."""
    below = [100 * (one.mean - max(0.0, one.low)) for one in found]
    return [below, [100 * (min(1.0, one.high) - one.mean) for one in found]]
