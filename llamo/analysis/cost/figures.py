"""The figures of cost, from plain numbers. Knows matplotlib through `plots`, no model."""

from collections.abc import Mapping, Sequence
from typing import Any

from llamo.analysis.cost.projectors import ENCODER, KINDS
from llamo.analysis.plots import COLORS, drawing, to_svg

_COLORS = dict(zip((*KINDS, ENCODER), (*COLORS[:6], COLORS[7]), strict=True))
_DASHES = {ENCODER: "--", "weighted_sum": ":"}
Grid = Sequence[Mapping[str, Any]]


def measured(grid: Grid) -> str:
    """Time and memory of a step by atoms, and time per molecule by batch."""
    alone = [row for row in grid if row["batch"] == min(one["batch"] for one in grid)]
    size = typical(grid)
    together = [row for row in grid if row["atoms"] == size]
    with drawing(10.2, 3.3) as figure:
        time, memory, batch = figure.subplots(1, 3)
        for kind, color in _COLORS.items():
            line = {"color": color, "label": kind, "linestyle": _DASHES.get(kind, "-"), "marker": "o", "markersize": 3}
            atoms = [row["atoms"] for row in alone]
            time.plot(atoms, [1000 * row["of"][kind]["step"] for row in alone], **line)
            memory.plot(atoms, [row["of"][kind]["bytes"] / 2**20 for row in alone], **line)
            each = [1000 * row["of"][kind]["step"] / row["batch"] for row in together]
            batch.plot([row["batch"] for row in together], each, **line)
        time.set(xlabel="atoms of the molecule", ylabel="CPU ms of a step", title="One molecule")
        memory.set(xlabel="atoms of the molecule", ylabel="MiB at the peak of a step", title="One molecule")
        batch.set(xlabel="molecules at a time", ylabel="CPU ms per molecule", title=f"{size} atoms")
        for axes in (time, memory, batch):
            axes.set(xscale="log", yscale="log")
        batch.set_xticks([row["batch"] for row in together], [str(row["batch"]) for row in together])
        batch.minorticks_off()
        figure.legend(*time.get_legend_handles_labels(), loc="outside lower center", ncols=len(_COLORS))
        return to_svg(figure)


def typical(grid: Grid) -> int:
    """The size nearest to 30 atoms that every batch was measured with, or the smallest."""
    return min({row["atoms"] for row in grid}, key=lambda atoms: abs(atoms - 30))


def calculated(
    shares: Mapping[str, Mapping[int, float]], costs: Mapping[str, Mapping[int, tuple[float, float]]]
) -> str:
    """The projector's share by text tokens; and what a molecule costs by its atoms, own work and tokens.

    Args:
        shares: of each kind, by tokens of text.
        costs: of each kind, by atoms, operations of the projector and of its tokens in the language model.
    """
    with drawing(8.6, 3.4) as figure:
        left, right = figure.subplots(1, 2)
        for kind, course in shares.items():
            style = {"color": _COLORS[kind], "linestyle": _DASHES.get(kind, "-")}
            left.plot(list(course), [100 * one for one in course.values()], label=kind, **style)
        for kind in ("multi_level", "mlp"):
            whole = [(own + tokens) / 1e12 for own, tokens in costs[kind].values()]
            right.plot(list(costs[kind]), whole, color=_COLORS[kind], marker="o", markersize=3)
            alone = [own / 1e12 for own, _ in costs[kind].values()]
            right.plot(list(costs[kind]), alone, color=_COLORS[kind], linestyle="--")
        texts = list(next(iter(shares.values())))
        left.set(xlabel="tokens of text", ylabel="projector's share of a step, %", xscale="log", title="Alignment")
        left.set_xticks(texts, [str(one) for one in texts])
        left.minorticks_off()
        left.set_ylim(bottom=0)
        right.set(
            xlabel="atoms of the molecule", ylabel="TFLOP", xscale="log", yscale="log", title="Reading a molecule"
        )
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=len(shares))
        return to_svg(figure)
