"""Which tiny models are trained to compare kinds of molecules. Knows the laboratory, no chemistry."""

from collections.abc import Callable
from pathlib import Path

from llamo.analysis.domains.material import LEARNED, DomainMaterial
from llamo.analysis.laboratory import Arm, Result, run_arms
from llamo.compact.model import Size

# What is shown of molecules, in training and in tests, and how texts call it.
VIEWS = {"graph": "graph alone", "smiles": "SMILES alone", "both": "graph and SMILES"}
# Smaller than the laboratory's usual: a token for each level and one for groups, facts alone in few words.
SIZE = Size(width=64, layers=2, heads=4, inner=128, graph_width=64)
PROJECTOR = {"num_query_tokens": 1}


def arm(domain: str, view: str, seed: int, steps: int) -> Arm:
    """One model: learned from a domain by a view."""
    return Arm(
        f"{domain} by {view}",
        PROJECTOR,
        view=view,
        rows=domain,
        seed=seed,
        steps=steps,
        base_steps=max(1, steps // 3),
        tokens=2000,
        size=SIZE,
    )


def run(
    found: DomainMaterial,
    folder: Path,
    *,
    seeds: int,
    steps: int,
    device: str,
    tell: Callable[[str], None],
) -> list[Result]:
    """Results of all models, the first seed of all before the second of any."""
    arms = [arm(domain, view, seed, steps) for seed in range(seeds) for domain in LEARNED for view in VIEWS]
    return run_arms(arms, found.material, folder, device=device, tell=tell)
