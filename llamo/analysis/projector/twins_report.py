"""The finding about the compact model and its twins, which were trained alike; written from their kept answers."""

from collections.abc import Mapping

from llamo.analysis.finding import Finding
from llamo.analysis.intervals import all_lose
from llamo.analysis.laboratory.kept import Kept
from llamo.analysis.laboratory.kept_figure import kept_figure, kept_table, kept_words
from llamo.analysis.projector.report import CLAIM

# Folders of the runs and what their answers saw.
TWINS = {
    "multi-level": ("full", "both"),
    "resampler": ("single-layer", "both"),
    "no graph, SMILES": ("text-only", "smiles"),
}
_RULE = (
    "Supports: both twins are surely worse in BLEU-4, that is, the 95 % interval of the difference, paired by molecule "
    "(bootstrap), is below 0. Contradicts: one is surely better."
)


def twins_finding(twins: Mapping[str, Kept], command: str) -> Finding:
    """What the twins say to the paper's table."""
    (_, full), *others = twins.items()
    return Finding(
        name="projector-twins",
        title="The multi-level projector in the compact model",
        claim=CLAIM,
        verdict=all_lose([one.bleu_4_difference for _, one in others]),
        text=(
            "The compact model was trained three times alike: with the multi-level projector, with a Perceiver "
            "resampler over the last layer that has as many graph tokens, and with SMILES alone. All prompts show "
            f"SMILES, those of the first two the graph as well. On {full.described:,} test descriptions of ChEBI-20 "
            f"and {full.asked:,} facts, the multi-level projector has BLEU-4 {full.bleu_4:.1f} and {full.facts:.1f} % "
            f"of the facts; {kept_words(others)}. {_RULE}"
        ),
        command=command,
        figures=(kept_figure(twins),),
        tables=(kept_table(twins),),
        caveats=(
            "One seed of each, so the intervals cover the choice of molecules and not that of seeds.",
            "The twins were trained on a GPU (examples/03_train_compact.py --twin); their kept answers are compared.",
            "BLEU-4 counts words; other tokenizers give other numbers.",
        ),
        numbers={name: {"bleu_4": one.bleu_4, "facts": one.facts} for name, one in twins.items()},
    )
