"""Right answers by way of asking and by examples in the prompt. Knows numbers, no model."""

from collections.abc import Mapping, Sequence

import numpy as np

from llamo.analysis.finding import Figure
from llamo.analysis.intervals import Interval, interval
from llamo.analysis.plots import COLORS, drawing, to_svg
from llamo.analysis.tuning.experiment import IN_CONTEXT

_WAYS = ("trained wording", "other wording", "after a description")
Numbers = Mapping[str, Sequence[Mapping[str, float]]]


def ways(found: Numbers, caption: str) -> Figure:
    """A bar for each model and way of asking."""
    with drawing(6.4, 3.0) as figure:
        axes = figure.add_subplot()
        width = 0.8 / len(found)
        for number, (name, values) in enumerate(found.items()):
            shares = [_share(values, way) for way in _WAYS]
            places = np.arange(len(_WAYS)) + (number - (len(found) - 1) / 2) * width
            axes.bar(places, [one.mean for one in shares], width * 0.92, yerr=_spread(shares), label=name, capsize=2)
        usual = 100 * next(iter(found.values()))[0]["most frequent, trained wording"]
        axes.axhline(usual, color="black", linewidth=1, linestyle="--")
        axes.set_xticks(range(len(_WAYS)), _WAYS)
        axes.set_ylabel("right answers in %")
        axes.set_ylim(0, 100)
        axes.legend(ncols=len(found), loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=8, columnspacing=1)
        return Figure(to_svg(figure), caption)


def examples(found: Numbers, compact: Mapping[str, float], caption: str) -> Figure:
    """A line for each model over the number of examples."""
    with drawing(5.4, 3.0) as figure:
        axes, counts = figure.add_subplot(), (0, 2, 4)
        for number, (name, values) in enumerate(found.items()):
            shares = [_share(values, way) for way in IN_CONTEXT]
            places = np.array(counts) + (number - (len(found) - 1) / 2) * 0.07
            means = [one.mean for one in shares]
            axes.errorbar(places, means, yerr=_spread(shares), marker="o", markersize=3.5, capsize=2, label=name)
        right = [100 * compact[f"right, {way}"] for way in IN_CONTEXT]
        axes.plot(counts, right, marker="s", markersize=3.5, color=COLORS[-1], label="compact model")
        axes.set_xticks(counts)
        axes.set_xlabel("solved examples in the prompt")
        axes.set_ylabel("right answers in %")
        axes.set_ylim(0, 100)
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
        return Figure(to_svg(figure), caption)


def _share(values: Sequence[Mapping[str, float]], way: str) -> Interval:
    return interval([100 * one[f"right, {way}"] for one in values])


def _spread(found: Sequence[Interval]) -> np.ndarray:
    return np.array([(one.mean - one.low, one.high - one.mean) for one in found]).T
