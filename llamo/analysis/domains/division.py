"""Which molecules are learned from and which are asked about, in each kind. Knows prepared rows, no model."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from llamo.analysis.domains.kinds import RULES, by_kind, coarse_kinds, spellings
from llamo.analysis.domains.scaffolds import halves
from llamo.compact.tensors import TensorRows
from llamo.tasks.splitting import part_of, structure_key

# Molecules whose scaffolds are looked at.
SCAFFOLD_POOL = 12_000


@dataclass(frozen=True)
class Domain:
    """One kind of molecules.

    Attributes:
        learned: SMILES of the molecules to learn from.
        asked: SMILES of others.
    """

    learned: tuple[str, ...]
    asked: tuple[str, ...]


def divide(rows: TensorRows, tokenizer: Any, *, most: int, asked: int, seed: int = 0) -> dict[str, Domain]:
    """Every kind of molecules, and the two halves of scaffolds.

    Args:
        rows: of the compact model, of which conversations about facts are taken.
        tokenizer: that wrote them.
        most: molecules of a kind to learn from; there may be fewer.
        asked: molecules of a kind to ask about, at most.
        seed: of the halves.
    """
    facts = np.flatnonzero(rows.kinds == rows.names.index("facts"))
    found = by_kind(rows, facts, tokenizer, most=most + most // 3)
    domains = {name: _parts(molecules.values(), most, asked) for name, molecules in found.items()}
    if empty := [name for name, one in domains.items() if not one.learned or not one.asked]:
        raise ValueError(
            f"the prepared rows have no molecules of the kind {', '.join(empty)} ({RULES[empty[0]]}) to learn from and "
            "to ask about: prepare more facts"
        )
    pool = facts[coarse_kinds(rows)[facts] != ""][:SCAFFOLD_POOL].tolist()
    for name, half in halves(spellings(rows, pool, tokenizer), seed=seed).items():
        domains[name] = Domain(tuple(half.learned[:most]), tuple(half.asked[:asked]))
    return domains


def _parts(molecules: Iterable[str], most: int, asked: int) -> Domain:
    """Structures go to either part by their hash, so no stereoisomer is in the other."""
    learned, others = [], []
    for smiles in molecules:
        (learned if part_of(structure_key(smiles)) == "train" else others).append(smiles)
    return Domain(tuple(learned[:most]), tuple(others[:asked]))
