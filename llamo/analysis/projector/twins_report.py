"""The finding about the compact model and its twins, written from their scores."""

from collections.abc import Mapping

from llamo.analysis.finding import Figure, Finding, Table, Verdict
from llamo.analysis.intervals import Interval
from llamo.analysis.plots import COLORS, drawing, to_svg
from llamo.analysis.projector.report import CLAIM
from llamo.analysis.projector.twins import FULL, Twin

_RULE = (
    "Supports: both twins are surely worse in BLEU-4, that is, the 95 % interval of the difference, paired by molecule "
    "(bootstrap), is below 0. Contradicts: one is surely better."
)


def twins_finding(twins: Mapping[str, Twin], command: str) -> Finding:
    """What the twins say to the paper's table."""
    full, others = twins[FULL], {name: twin for name, twin in twins.items() if name != FULL}
    told = "; ".join(
        f"{name}: {one.bleu_4:.1f} ({one.bleu_4_difference:+.1f}) and {one.facts:.1f} % ({one.facts_difference:+.1f})"
        for name, one in others.items()
    )
    return Finding(
        name="projector-twins",
        title="The multi-level projector in the compact model",
        claim=CLAIM,
        verdict=_verdict([one.bleu_4_difference for one in others.values()]),
        text=(
            "The compact model (15.9 million weights) was trained three times alike: with the multi-level projector, "
            "with a Perceiver resampler over the last layer that has as many graph tokens, and with SMILES alone. All "
            "prompts show SMILES, those of the first two the graph as well. On ChEBI-20's 3,300 test descriptions and "
            f"5,700 facts, the multi-level projector has BLEU-4 {full.bleu_4:.1f} and {full.facts:.1f} % of the facts; "
            f"{told}. {_RULE}"
        ),
        command=command,
        figures=(Figure(_figure(others), "Difference to the multi-level projector with its 95 % interval."),),
        tables=(_table(twins),),
        caveats=(
            "One seed of each, so the intervals cover the choice of molecules and not that of seeds.",
            "The twins were trained on a GPU (examples/03_train_compact.py --twin); their kept answers are compared.",
            "BLEU-4 counts words; other tokenizers give other numbers.",
        ),
        numbers={name: {"bleu_4": one.bleu_4, "facts": one.facts} for name, one in twins.items()},
    )


def _verdict(differences: list[Interval]) -> Verdict:
    if any(one.low > 0 for one in differences):
        return "contradicts"
    return "supports" if all(one.high < 0 for one in differences) else "undecided"


def _table(twins: Mapping[str, Twin]) -> Table:
    rows = [
        (name, f"{one.bleu_4:.1f}", f"{one.bleu_4_difference:+.1f}", f"{one.facts:.1f}", f"{one.facts_difference:+.1f}")
        if name != FULL
        else (name, f"{one.bleu_4:.1f}", "", f"{one.facts:.1f}", "")
        for name, one in twins.items()
    ]
    return Table(("model", "BLEU-4", "difference", "facts right, %", "difference"), tuple(rows))


def _figure(others: Mapping[str, Twin]) -> str:
    with drawing(6.4, 1.5) as figure:
        panels = figure.subplots(1, 2, sharey=True)
        for axes, title, read in (
            (panels[0], "BLEU-4 of descriptions", lambda one: one.bleu_4_difference),
            (panels[1], "facts right, %", lambda one: one.facts_difference),
        ):
            axes.grid(axis="y", visible=False)
            axes.grid(axis="x", visible=True)
            axes.axvline(0, color="#333333", linewidth=0.8)
            for place, one in enumerate(others.values()):
                found: Interval = read(one)
                axes.plot([found.low, found.high], [place, place], color=COLORS[0])
                axes.plot([found.mean], [place], "o", color=COLORS[0], markersize=5)
            axes.set_xlabel(f"{title}, difference")
            axes.set_ylim(len(others) - 0.5, -0.5)
        panels[0].set_yticks(range(len(others)), list(others))
        return to_svg(figure)
