"""Molecules in two halves by their scaffold, so that each half's scaffolds are new to the other. Knows RDKit."""

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from llamo.tasks.splitting import scaffold_key, structure_key

# Scaffolds of fewer molecules leave none to learn from beside the one that is asked about; those of more, such as
# benzene, would be most of their half.
FEWEST, MOST = 3, 30
HALVES = ("scaffolds A", "scaffolds B")


@dataclass(frozen=True)
class Half:
    """One half of the scaffolds.

    Attributes:
        learned: rows of all molecules but one of each scaffold.
        asked: SMILES of the others.
        scaffolds: how many.
    """

    learned: list[int]
    asked: list[str]
    scaffolds: int


def halves(molecules: Mapping[int, str], *, seed: int = 0) -> dict[str, Half]:
    """Both halves of the scaffolds that have 3 to 30 different structures.

    Args:
        molecules: SMILES by row.
        seed: of the division.
    """
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for row, smiles in molecules.items():
        groups[scaffold_key(smiles)].setdefault(structure_key(smiles), row)
    fitting = [list(rows.values()) for _, rows in sorted(groups.items()) if FEWEST <= len(rows) <= MOST]
    random.Random(seed).shuffle(fitting)
    return {
        name: Half(
            learned=[row for rows in fitting[number::2] for row in rows[1:]],
            asked=[molecules[rows[0]] for rows in fitting[number::2]],
            scaffolds=len(fitting[number::2]),
        )
        for number, name in enumerate(HALVES)
    }
