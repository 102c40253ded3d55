"""Molecules in two halves by their scaffold, so that each half's scaffolds are new to the other. Knows RDKit."""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from llamo.tasks.splitting import scaffold_key, structure_key

# Scaffolds of fewer molecules leave none to learn from beside the one that is asked about; those of more, such as
# benzene, would be most of their half.
FEWEST, MOST = 3, 30
HALVES: tuple[str, str] = ("scaffolds A", "scaffolds B")


@dataclass(frozen=True)
class Half:
    """One half of the scaffolds.

    Attributes:
        learned: SMILES of all molecules but one of each scaffold.
        asked: SMILES of the others.
    """

    learned: list[str]
    asked: list[str]


def halves(molecules: Iterable[str], *, seed: int = 0) -> dict[str, Half]:
    """Both halves of the scaffolds that have 3 to 30 different structures.

    Args:
        molecules: SMILES.
        seed: of the division.
    """
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for smiles in molecules:
        groups[scaffold_key(smiles)].setdefault(structure_key(smiles), smiles)
    fitting = [list(found.values()) for _, found in sorted(groups.items()) if FEWEST <= len(found) <= MOST]
    random.Random(seed).shuffle(fitting)
    return {
        name: Half(
            learned=[smiles for found in fitting[number::2] for smiles in found[1:]],
            asked=[found[0] for found in fitting[number::2]],
        )
        for number, name in enumerate(HALVES)
    }
