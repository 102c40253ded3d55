"""How alike the node states of a molecule are: numbers per molecule. Knows arrays only, no encoder and no chemistry.

Shapes: N atoms of all molecules, D width, B bonds, n atoms of one molecule.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

# Atoms are told apart where their states differ by more than this share of the typical distance of two atoms.
APART = 0.01


def measure(states: np.ndarray, counts: Sequence[int], bonds: np.ndarray) -> dict[str, np.ndarray]:
    """Measures of one level, a number per molecule each.

    `distance`: mean cosine distance of two atoms of a molecule (MAD, arXiv 1909.03211), 0 where all point one way.
    `centred`: the same after the mean state of all atoms of all molecules is subtracted; 1 where atoms of a molecule
    are as unlike as any two atoms. Without it a level whose states are all positive, as ReLU leaves them, seems smooth.
    `energy`: Dirichlet energy, mean squared difference over bonds, by that of any two atoms of any molecules.
    `within`: variance among a molecule's atoms by that among all atoms; 0 where they all have one state.
    `rank`: effective rank of the molecule's states (exponential of the entropy of singular values), by its atoms.
    `apart`: share of a molecule's pairs of atoms that are told apart (`APART`).

    Args:
        states: (N, D) node states.
        counts: atoms of each molecule, at least 2.
        bonds: (2, B) both atoms of each bond, as rows of `states`; every molecule has one.

    Raises:
        ValueError: a molecule of less than two atoms, or no difference among all atoms.
    """
    if min(counts, default=0) < 2:
        raise ValueError(f"similarity needs molecules of two atoms and more, got one of {min(counts, default=0)}")
    states = np.asarray(states, float)
    centred = states - states.mean(0)
    variance = float((centred**2).sum(1).mean())
    if not variance > 0:
        raise ValueError("all atoms of all molecules have one and the same state; there is nothing to compare")
    starts = np.cumsum([0, *counts])
    parts = [slice(start, end) for start, end in pairwise(starts)]
    of_bond = ((states[bonds[0]] - states[bonds[1]]) ** 2).sum(1)
    owner = np.searchsorted(starts, bonds[0], side="right") - 1
    energy = np.bincount(owner, of_bond, len(parts)) / np.bincount(owner, minlength=len(parts))
    return {
        "distance": np.array([cosine_distance(states[part]) for part in parts]),
        "centred": np.array([cosine_distance(centred[part]) for part in parts]),
        "energy": energy / (2 * variance),
        "within": np.array([states[part].var(0, ddof=1).sum() for part in parts]) / variance,
        "rank": np.array([effective_rank(states[part]) / (part.stop - part.start) for part in parts]),
        "apart": np.array([share_apart(states[part], APART * (2 * variance) ** 0.5) for part in parts]),
    }


def cosine_distance(rows: np.ndarray) -> float:
    """Mean of 1 - cosine over pairs of different rows: (n, D) -> number, 0 to 2."""
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-12)
    number = len(rows)
    return float(1 - ((unit.sum(0) ** 2).sum() - (unit**2).sum()) / (number * (number - 1)))


def effective_rank(rows: np.ndarray) -> float:
    """Exponential of the entropy of the singular values as shares (Roy and Vetterli, 2007): (n, D) -> 1 to n."""
    values = np.linalg.svd(rows, compute_uv=False)
    shares = values[values > 1e-9 * values[0]] / values.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def share_apart(rows: np.ndarray, least: float) -> float:
    """Share of pairs of rows that are at least so far from each other: (n, D) -> 0 to 1."""
    squares = (rows**2).sum(1)
    distances = squares[:, None] + squares[None] - 2 * rows @ rows.T
    return float((distances[np.triu_indices(len(rows), 1)] > least**2).mean())
