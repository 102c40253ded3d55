"""Which molecules are the same, by content, and an exchange in which none gets its own again.

Knows atoms and bonds as numbers; no SMILES, no RDKit.
"""

from collections.abc import Hashable, Sequence

import numpy as np
import torch

from llamo.training.batch_graphs import SingleGraph

# Bonds around an atom that are looked at: molecules that differ only farther apart count as the same, which costs a
# possible partner and nothing else.
ROUNDS = 8


def content_key(graph: SingleGraph) -> tuple[int, int, int]:
    """A number for a molecule's atoms and bonds that does not depend on the order of its atoms.

    Weisfeiler-Lehman colours: `c_i <- hash(c_i, sum over bonds of hash(c_j, e_ij))`, `ROUNDS` times. Chirality tags are
    atom features that do depend on the order, so one chiral molecule written in two ways may get two keys.
    """
    bonds = _hash_rows(graph.edge_ids)
    source, target = graph.edge_index.numpy().T
    colours = _hash_rows(graph.node_ids)
    for _ in range(ROUNDS):
        around = np.zeros_like(colours)
        np.add.at(around, target, _scramble(colours[source] + _scramble(bonds)))
        colours = _scramble(_scramble(colours) + around)
    return len(colours), len(bonds), int(_scramble(colours).sum(dtype=np.uint64))


def partners(keys: Sequence[Hashable], generator: torch.Generator) -> list[int | None]:
    """For each item another one with another key, at random.

    Each item is used once where that is possible, that is, where no key has more than half of the items. Elsewhere
    items are drawn from those with another key, and None stands where there is none.
    """
    shuffled = torch.randperm(len(keys), generator=generator).tolist()
    groups: dict[Hashable, list[int]] = {}
    for item in shuffled:
        groups.setdefault(keys[item], []).append(item)
    order = [item for group in groups.values() for item in group]
    largest = max(map(len, groups.values()), default=0)
    if 2 * largest > len(order):
        return _draw(keys, groups, generator)
    # Equal items lie side by side, none farther apart than the largest group is long.
    pairs = dict(zip(order, order[largest:] + order[:largest], strict=True))
    return [pairs[item] for item in range(len(keys))]


def _draw(keys: Sequence[Hashable], groups: dict, generator: torch.Generator) -> list[int | None]:
    others = {key: [item for other in groups if other != key for item in groups[other]] for key in groups}
    drawn: list[int | None] = []
    for key in keys:
        choice = int(torch.randint(max(len(others[key]), 1), (1,), generator=generator))
        drawn.append(others[key][choice] if others[key] else None)
    return drawn


def _scramble(values: np.ndarray) -> np.ndarray:
    """Mixes the bits of 64-bit numbers (the finaliser of MurmurHash3)."""
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ (values >> np.uint64(33))


def _hash_rows(rows: torch.Tensor) -> np.ndarray:
    """One number for each row of small integers. (R, F) -> (R,)."""
    hashed = np.full(len(rows), 1, np.uint64)
    for column in rows.numpy().astype(np.uint64).T:
        hashed = _scramble(hashed + _scramble(column + np.uint64(1)))
    return hashed
