"""`llamo analyze over-smoothing`: measures, goes on where a killed run was, and puts the findings together."""

from collections.abc import Sequence
from pathlib import Path

from llamo.analysis.finding import Finding
from llamo.analysis.over_smoothing import encoders, figures, findings, level_finding
from llamo.analysis.over_smoothing import levels as by_level
from llamo.analysis.over_smoothing.depths import Depths, Plan
from llamo.analysis.over_smoothing.molecules import Molecules
from llamo.analysis.parts import Parts
from llamo.assistant import Assistant
from llamo.compact.shipped import shipped
from llamo.quiet import quiet

# Of the demo: rings with many heteroatoms, a fused skeleton, a chain.
PICTURED = ("riboflavin", "testosterone", "oleic acid")
SHOWN = 3


def run(plan: Plan, output: Path, *, model: str | None = None, device: str = "cpu") -> list[Finding]:
    """Measures fresh and trained encoders, and a trained model, by default the one that comes with the package.

    Args:
        plan: what is measured.
        output: finished parts are kept in its folder `parts`.
        model: folder or Hub id.
        device: of the trained model; encoders are made and trained on the CPU.

    Raises:
        ValueError: no such model, or one without a multi-level projector.
    """
    assistant = Assistant.load(model or shipped(), device=device)
    parts, name = Parts(output / "parts"), model or "llamo-compact"
    with quiet():
        found = by_level.measure(assistant, name, plan, parts)
        depths, encoder = Depths(plan, parts), assistant.model.model.graph_encoder
        given = depths.compact(encoder, name)
        fresh = {layers: [depths.fresh(layers, seed) for seed in range(plan.seeds)] for layers in plan.depths}
        trained = {layers: [depths.trained(layers, seed) for seed in range(plan.seeds)] for layers in plan.depths}
        states = encoders.states(encoder, depths.molecules.batch)
    last = len(states) - 1
    shown = sorted({0, 1, 2, (last + 3) // 2, last})
    picture = figures.pictures(depths.molecules, states, chosen(depths.molecules), shown)
    return [
        findings.depth(plan, name, fresh, trained, given, picture),
        findings.collapse(plan, name, fresh, trained, given),
        level_finding.levels(plan, given, found),
    ]


def chosen(molecules: Molecules) -> Sequence[int]:
    """Places of the molecules that are drawn: those of `PICTURED` that are there, else the first ones."""
    names = [one.name.lower() for one in molecules.named]
    there = [names.index(name) for name in PICTURED if name in names]
    return (there + [place for place in range(len(names)) if place not in there])[:SHOWN]
