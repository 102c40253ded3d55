"""Kept answers as a figure and a table. Knows numbers and words."""

from collections.abc import Iterable, Mapping

from llamo.analysis.finding import Figure, Table
from llamo.analysis.intervals import Interval
from llamo.analysis.laboratory.kept import Kept
from llamo.analysis.plots import COLORS, drawing, to_svg


def kept_table(kept: Mapping[str, Kept]) -> Table:
    """Scores of all, differences of all but the first."""
    rows = []
    for place, (name, one) in enumerate(kept.items()):
        bleu, facts = (f"{found:+.1f}" if place else "" for found in (one.bleu_4_difference, one.facts_difference))
        rows.append((name, f"{one.bleu_4:.1f}", bleu, f"{one.facts:.1f}", facts))
    return Table(("answers", "BLEU-4", "difference", "facts right, %", "difference"), tuple(rows))


def kept_figure(kept: Mapping[str, Kept]) -> Figure:
    """Differences to the first, in both scores."""
    first, *others = kept
    with drawing(6.8, 0.9 + 0.32 * len(others)) as figure:
        left, right = figure.subplots(1, 2, sharey=True)
        left.set_xlabel("BLEU-4 of descriptions, difference")
        right.set_xlabel("facts right, difference in points")
        for axes, score in ((left, "bleu_4_difference"), (right, "facts_difference")):
            axes.grid(axis="y", visible=False)
            axes.grid(axis="x", visible=True)
            axes.axvline(0, color="#333333", linewidth=0.8)
            for place, name in enumerate(others):
                found: Interval = getattr(kept[name], score)
                axes.plot([found.low, found.high], [place, place], color=COLORS[0], linewidth=2)
                axes.plot([found.mean], [place], "o", color=COLORS[0], markersize=5)
        left.set_yticks(range(len(others)), others)
        left.set_ylim(len(others) - 0.5, -0.5)
        return Figure(to_svg(figure), f"Difference to {first}, with 95 % intervals.")


def kept_words(others: Iterable[tuple[str, Kept]]) -> str:
    """BLEU-4 and facts of all but the first, with their differences to it."""
    return "; ".join(
        f"{name}: {one.bleu_4:.1f} ({one.bleu_4_difference:+.1f}) and {one.facts:.1f} % ({one.facts_difference:+.1f})"
        for name, one in others
    )
