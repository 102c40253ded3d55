"""The finding about answers that the compact model gave with true, wrong and no graphs; written from kept answers."""

from collections.abc import Mapping

from llamo.analysis.finding import Finding
from llamo.analysis.graph_use.report import CLAIM
from llamo.analysis.intervals import all_lose
from llamo.analysis.laboratory.kept import Kept
from llamo.analysis.laboratory.kept_figure import kept_figure, kept_table, kept_words

# One run, and what its answers saw.
WITHOUT_GRAPH = "SMILES alone"
SEEN = {
    "SMILES and graph": ("full", "both"),
    WITHOUT_GRAPH: ("full", "smiles"),
    "SMILES and another graph": ("full", "both-shuffled"),
    "graph alone": ("full", "graph"),
    "another graph alone": ("full", "graph-shuffled"),
}
_RULE = (
    "Supports: without the graph, both scores are surely lower, that is, the 95 % interval of the difference, paired "
    "by molecule (bootstrap), is below 0. Contradicts: one is surely higher."
)


def kept_finding(kept: Mapping[str, Kept], command: str) -> Finding:
    """What answers lose with wrong graphs and without."""
    (first, full), *others = kept.items()
    without = kept[WITHOUT_GRAPH]
    return Finding(
        name="graph-use-answers",
        title="What do answers lose without the graph?",
        claim=CLAIM,
        verdict=all_lose((without.bleu_4_difference, without.facts_difference)),
        text=(
            f"The compact model's greedy answers to {full.described:,} test descriptions of ChEBI-20 and "
            f"{full.asked:,} questions about facts, with true, wrong and no graphs. {first}: BLEU-4 {full.bleu_4:.1f} "
            f"and {full.facts:.1f} % of the facts; {kept_words(others)}. {_RULE}"
        ),
        command=command,
        figures=(kept_figure(kept),),
        tables=(kept_table(kept),),
        caveats=(
            "One trained model, so the intervals cover the choice of molecules and not that of seeds.",
            "A tenth of its training prompts showed SMILES alone and four tenths the graph alone; another molecule's "
            "graph beside true SMILES it has never seen.",
            "BLEU-4 counts words; other tokenizers give other numbers.",
        ),
        numbers={name: {"bleu_4": one.bleu_4, "facts": one.facts} for name, one in kept.items()},
    )
