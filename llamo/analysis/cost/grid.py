"""Which molecules and batches are measured, batch by batch, so that a killed run goes on. Gives plain numbers."""

from dataclasses import asdict, dataclass
from typing import Any

from llamo.analysis.cost.projectors import KINDS, Sizes, measure, molecules
from llamo.analysis.parts import Parts


@dataclass(frozen=True)
class Plan:
    """What is measured.

    Attributes:
        atoms: of the molecules, at least.
        batches: molecules at a time.
        most_atoms: in a batch; larger ones are left out.
        rounds: of timing.

    Raises:
        ValueError: a number below 1, or no batch that is small enough.
    """

    atoms: tuple[int, ...] = (10, 30, 100, 300, 1000, 2000)
    batches: tuple[int, ...] = (1, 8, 32)
    most_atoms: int = 2500
    rounds: int = 3

    def __post_init__(self):
        if min(*self.atoms, *self.batches, self.rounds, self.most_atoms) < 1:
            raise ValueError("atoms, batches, rounds and the most atoms of a batch are at least 1")
        if not self.pairs:
            raise ValueError(f"no batch has at most {self.most_atoms} atoms; allow more, or give smaller molecules")

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Atoms and molecules of every batch."""
        return [(atoms, batch) for batch in self.batches for atoms in self.atoms if atoms * batch <= self.most_atoms]


def run(plan: Plan, sizes: Sizes, parts: Parts) -> list[dict[str, Any]]:
    """Every batch: `atoms` of a molecule as they are, `batch`, and `of` what `measure` gives."""
    found = []
    for atoms, batch in plan.pairs:
        settings = {"atoms": atoms, "batch": batch, "rounds": plan.rounds, "sizes": asdict(sizes), "kinds": KINDS}

        def one(atoms: int = atoms, batch: int = batch) -> dict[str, Any]:
            graphs = molecules(atoms, batch)
            return {
                "atoms": int(graphs.node_counts[0]),
                "batch": batch,
                "of": measure(sizes, graphs, rounds=plan.rounds),
            }

        found.append(parts.get(f"{atoms}-{batch}", settings, one))
    return found
