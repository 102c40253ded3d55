"""`llamo analyze cost`: measures, goes on where a killed run was, and puts the findings together."""

from pathlib import Path

import torch

from llamo.analysis.cost import findings, grid
from llamo.analysis.cost.grid import Plan
from llamo.analysis.cost.projectors import Sizes
from llamo.analysis.finding import Finding
from llamo.analysis.parts import Parts
from llamo.quiet import quiet


def run(plan: Plan, output: Path, *, sizes: Sizes | None = None) -> list[Finding]:
    """Measures every projector on one thread of the CPU, and calculates its share at 7B.

    Args:
        plan: molecules and batches.
        output: finished parts are kept in its folder `parts`.
        sizes: of encoder and projector; default the paper's at the compact model's text width.
    """
    sizes, before = sizes or Sizes(), torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with quiet():
            found = grid.run(plan, sizes, Parts(output / "parts"))
    finally:
        torch.set_num_threads(before)
    return [findings.measured(plan, sizes, found), findings.calculated(plan, sizes, found)]
