"""The figures of over-smoothing, from plain numbers. Knows matplotlib through `plots`, no model."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from llamo.analysis.intervals import interval
from llamo.analysis.over_smoothing.molecules import Molecules
from llamo.analysis.plots import COLORS, drawing, to_svg

FRESH, TRAINED, GIVEN = COLORS[0], COLORS[1], COLORS[7]
_ELEMENTS = {6: ("C", "#4d4d4d"), 7: ("N", COLORS[0]), 8: ("O", COLORS[1]), 16: ("S", COLORS[4])}
_OTHER = ("other", COLORS[2])
Encoders = Mapping[int, Sequence[Mapping[str, Any]]]


def depth(fresh: Encoders, trained: Encoders, given: Mapping[str, Any]) -> str:
    """Distance by level, and by depth of the encoder; pairs told apart by depth."""
    deepest = max(fresh)
    with drawing(9.6, 3.1) as figure:
        by_level, by_depth, apart = figure.subplots(1, 3)
        for encoders, color, name in ((fresh, FRESH, "fresh"), (trained, TRAINED, "trained")):
            _band(by_level, [_course(one, "centred") for one in encoders[deepest]], color, f"{name}, {deepest} layers")
            for axes, measure in ((by_depth, "centred"), (apart, "apart")):
                _by_depth(axes, encoders, measure, color, name)
        compact = [float(np.mean(level["centred"])) for level in given["levels"]]
        by_level.plot(compact, color=GIVEN, marker="o", markersize=3, label="compact model")
        for axes, measure in ((by_depth, "centred"), (apart, "apart")):
            value = interval(given["levels"][-1][measure])
            place, margin = len(given["levels"]) - 1, value.mean - value.low
            axes.errorbar(place, value.mean, margin, color=GIVEN, marker="s", markersize=4, label="compact model")
        by_level.set(xlabel="level", ylabel="cosine distance within a molecule", ylim=(0, 1), title="Each level")
        by_depth.set(xlabel="layers of the encoder", ylim=(0, 1), title="Last level")
        apart.set(xlabel="layers of the encoder", ylabel="pairs of atoms told apart", ylim=(0, 1), title="Last level")
        for axes in (by_depth, apart):
            axes.set_xscale("log", base=2)
            axes.set_xticks(sorted(fresh), [str(one) for one in sorted(fresh)])
            axes.minorticks_off()
        by_level.legend(loc="upper right")
        apart.legend(loc="lower left")
        return to_svg(figure)


def _by_depth(axes: Any, encoders: Encoders, measure: str, color: str, name: str):
    found = {layers: interval([one["levels"][-1][measure] for one in seeds]) for layers, seeds in encoders.items()}
    margins = [value.mean - value.low for value in found.values()]
    means = [value.mean for value in found.values()]
    axes.errorbar(list(found), means, margins, color=color, marker="o", markersize=3, capsize=2, label=name)


def _course(one: Mapping[str, Any], measure: str) -> list[float]:
    return [level[measure] for level in one["levels"]]


def _band(axes: Any, courses: Sequence[Sequence[float]], color: str, label: str, dashes: str = "-"):
    """Mean over seeds, and the range of them."""
    found = np.array(courses)
    axes.plot(found.mean(0), dashes, color=color, label=label)
    axes.fill_between(range(found.shape[1]), found.min(0), found.max(0), color=color, alpha=0.2, linewidth=0)


def rates(fresh: Encoders, trained: Encoders, given: Mapping[str, Any]) -> str:
    """What states hold beside one direction by level, and rates per layer against the linear model's."""
    deepest = max(fresh)
    collapse = [one["collapse"] for one in fresh[deepest]]
    ways = {
        "linear": ("linear model", COLORS[6], "--"),
        "without BatchNorm": ("fresh, without BatchNorm", COLORS[2], "-"),
        "with BatchNorm": ("fresh", FRESH, "-"),
    }
    with drawing(8.4, 3.4) as figure:
        left, right = figure.subplots(1, 2)
        for way, (label, color, dashes) in ways.items():
            _band(left, [one["medians"][way] for one in collapse], color, label, dashes)
            if way != "linear":
                found = np.mean([one["rates"][way] for one in collapse], axis=0)
                right.scatter(collapse[0]["eigenvalues"], found, s=9, color=color, alpha=0.6, linewidths=0, label=label)
        _band(left, [one["beside"] for one in trained[deepest]], TRAINED, "trained")
        left.plot(given["beside"], color=GIVEN, marker="o", markersize=3, label="compact model")
        left.set(yscale="log", xlabel="level", ylabel="outside the main direction, by inside")
        left.legend(loc="lower left", fontsize=8)
        ends = [min(collapse[0]["eigenvalues"]), 1]
        right.plot(ends, ends, color=COLORS[6], linestyle="--", label="linear model")
        right.set(xlabel="second by first eigenvalue of I + A", ylabel="measured factor per layer")
        right.legend(loc="lower right", fontsize=8)
        return to_svg(figure)


def pictures(molecules: Molecules, levels: Sequence[np.ndarray], chosen: Sequence[int], shown: Sequence[int]) -> str:
    """Some molecules' node states on the two main axes of all atoms' states, level by level.

    Args:
        molecules: all of them.
        levels: (N, D) of each level.
        chosen: rows of pictures, places of molecules.
        shown: columns, levels.
    """
    starts = np.cumsum([0, *molecules.counts])
    numbers = molecules.batch.node_ids[:, 0].numpy() + 1
    with drawing(1.95 * len(shown), 1.9 * len(chosen)) as figure:
        figure.set_dpi(160)  # of the grey cloud, which is no vectors
        axes = figure.subplots(len(chosen), len(shown), squeeze=False)
        for column, level in enumerate(shown):
            places = plane(levels[level])
            for row, molecule in enumerate(chosen):
                part = slice(starts[molecule], starts[molecule + 1])
                _picture(axes[row][column], places, part, numbers[part], molecules.bonds)
            axes[0][column].set_title(f"level {level}", fontsize=9)
        for row, molecule in enumerate(chosen):
            axes[row][0].set_ylabel(molecules.named[molecule].name)
        handles = [_dot(axes[0][0], color, name) for name, color in (*_ELEMENTS.values(), _OTHER)]
        figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
        return to_svg(figure)


def plane(states: np.ndarray) -> np.ndarray:
    """(N, D) -> (N, 2) on the two main axes, in units of the spread along the first."""
    centred = states - states.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    places = centred @ axes[:2].T
    return places / places[:, 0].std()


def _picture(axes: Any, places: np.ndarray, part: slice, numbers: np.ndarray, bonds: np.ndarray):
    low, high = np.percentile(places, 1, axis=0), np.percentile(places, 99, axis=0)
    axes.scatter(*places.clip(low, high).T, s=1.5, color="#d5d5d5", linewidths=0, rasterized=True)
    inside = bonds[:, (bonds[0] >= part.start) & (bonds[0] < part.stop)]
    mine = places.clip(low, high)
    for first, second in inside.T:
        axes.plot(*mine[[first, second]].T, color="#999999", linewidth=0.5, zorder=2)
    colors = [_ELEMENTS.get(int(number), _OTHER)[1] for number in numbers]
    axes.scatter(*mine[part].T, s=14, color=colors, linewidths=0.4, edgecolors="white", zorder=3)
    axes.set(xticks=[], yticks=[])
    axes.grid(visible=False)


def _dot(axes: Any, color: str, name: str) -> Any:
    return axes.scatter([], [], s=14, color=color, label=name)


def levels(given: Mapping[str, Any], found: Mapping[str, Any], losses: Mapping[str, Mapping[str, float]]) -> str:
    """What each level tells, how its tokens read it, how alike tokens are, and what answers lose without them.

    Args:
        given: the encoder's numbers.
        found: `reading` and `likeness` of the tokens.
        losses: by question and part, the share of what all graph tokens are worth that is lost without the part.
    """
    names = list(found["reading"])
    with drawing(9.0, 6.6) as figure:
        (told, read), (alike, lost) = figure.subplots(2, 2)
        for key, label, color in (("own", "the atom itself", FRESH), ("whole", "the molecule's mean", TRAINED)):
            values = [interval(folds) for folds in given[key]]
            margins = [value.mean - value.low for value in values]
            told.errorbar(range(len(values)), [value.mean for value in values], margins, color=color, label=label)
        told.set(xlabel="level", ylabel="R² of a linear reading", ylim=(0, 1.03), title="What an atom's state tells")
        told.legend(loc="lower left")
        for key, label, color in (("entropy", "evenness of attention", FRESH), ("most", "share of one atom", TRAINED)):
            values = [interval(found["reading"][name][key]) for name in names]
            margins = [value.mean - value.low for value in values]
            read.errorbar(names, [value.mean for value in values], margins, fmt="o", color=color, label=label)
        even = [np.mean(found["reading"][name]["even"]) for name in names]
        read.plot(names, even, "_", color="#555555", label="even")
        read.set(ylim=(0, 1.03), title="How tokens read", xlabel="tokens of")
        read.legend(loc="upper right", fontsize=8)
        _grid(figure, alike, np.array([found["likeness"][one] for one in names]), names, names, (0, 1))
        alike.set(title="Likeness of tokens (CKA)", xlabel="tokens of", ylabel="tokens of")
        table = np.array([[losses[question][part] for part in names] for question in losses])
        _grid(figure, lost, table, list(losses), names, (0, 1))
        lost.set(title="Lost without these tokens", xlabel="tokens of")
        return to_svg(figure)


def _grid(figure: Any, axes: Any, values: np.ndarray, rows: Sequence[str], columns: Sequence[str], limits: tuple):
    """Numbers as colours, and written."""
    axes.imshow(values, cmap="Blues", vmin=limits[0], vmax=limits[1], aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        color = "white" if value > 0.6 * limits[1] else "#222222"
        axes.text(column, row, f"{value:.2f}".replace("-0.00", "0.00"), ha="center", va="center", color=color, size=8)
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.grid(visible=False)
