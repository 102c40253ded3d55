"""Which molecules are learned from and which are asked about, in each kind. Knows prepared rows, no model."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from llamo.analysis.domains.kinds import RULES, by_kind, coarse_kinds, spellings
from llamo.analysis.domains.scaffolds import halves
from llamo.compact.tensors import TensorRows
from llamo.tasks.splitting import part_of, structure_key

MIXED = "mixed"
# Molecules whose scaffolds are looked at.
SCAFFOLD_POOL = 12_000


@dataclass(frozen=True)
class Domain:
    """One kind of molecules.

    Attributes:
        learned: SMILES of the molecules to learn from, by training row.
        asked: SMILES of others, whose structure is in no domain's `learned` of the same division.
    """

    learned: Mapping[int, str]
    asked: tuple[str, ...]


def divide(rows: TensorRows, tokenizer: Any, *, most: int, asked: int, seed: int = 0) -> dict[str, Domain]:
    """Every kind of molecules, a mixture of all, and the two halves of scaffolds.

    Args:
        rows: of the compact model, of which conversations about facts are taken.
        tokenizer: that wrote them.
        most: molecules of a kind to learn from; there may be fewer.
        asked: molecules of a kind to ask about, at most.
        seed: of the mixture and of the halves.
    """
    facts = np.flatnonzero(rows.kinds == rows.names.index("facts"))
    found = by_kind(rows, facts, tokenizer, most=most + most // 3)
    domains = {name: _parts(molecules, most, asked) for name, molecules in found.items()}
    if empty := [name for name, one in domains.items() if not one.learned or not one.asked]:
        raise ValueError(
            f"the prepared rows have no molecules of the kind {', '.join(empty)} ({RULES[empty[0]]}) to learn from and "
            "to ask about: prepare more facts"
        )
    generator = random.Random(seed)
    share = min(most // len(domains), *(len(one.learned) for one in domains.values()))
    mixed = [one for domain in domains.values() for one in generator.sample(sorted(domain.learned.items()), share)]
    domains[MIXED] = Domain(dict(mixed), ())
    pool = facts[coarse_kinds(rows)[facts] != ""][:SCAFFOLD_POOL].tolist()
    molecules = dict(zip(pool, spellings(rows, pool, tokenizer), strict=True))
    for name, half in halves(molecules, seed=seed).items():
        learned = {row: molecules[row] for row in half.learned[:most]}
        domains[name] = Domain(learned, tuple(half.asked[:asked]))
    return domains


def _parts(molecules: Mapping[int, str], most: int, asked: int) -> Domain:
    """Structures go to either part by their hash, so no stereoisomer is in the other."""
    learned, others = {}, []
    for row, smiles in molecules.items():
        if part_of(structure_key(smiles)) == "train":
            learned[row] = smiles
        else:
            others.append(smiles)
    return Domain(dict(list(learned.items())[:most]), tuple(others[:asked]))
