"""How fast node states come near one direction: measured, and as the linear model says. Knows arrays only.

Without ReLU, bonds, MLP and BatchNorm a GIN layer is X -> (I + A) X W. With the eigenvalues l1 > |l2| >= .. of I + A,
what X holds beside the dominant eigenvector (all atoms pointing one way, each as far as its eigenvector entry) shrinks
by |l2| / l1 per layer against it, whatever W is (Oono and Suzuki, arXiv 1905.10947, for a normalised A).

Shapes: N atoms of all molecules, D width, B bonds, G molecules, n atoms of one molecule.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np


def beside(states: np.ndarray, counts: Sequence[int]) -> np.ndarray:
    """What a molecule's states hold beside their main direction, by what they hold in it: (N, D) -> (G,).

    sqrt(s2^2 + s3^2 + ..) / s1 with the singular values s of the molecule's (n, D); 0 where all point one way.
    """
    return np.array([_beside(part) for part in _split(states, counts)])


def _beside(rows: np.ndarray) -> float:
    values = np.linalg.svd(rows, compute_uv=False)
    return float(np.sqrt((values[1:] ** 2).sum()) / values[0])


def linear_model(states: np.ndarray, counts: Sequence[int], bonds: np.ndarray, layers: int) -> np.ndarray:
    """`beside` after 0 to so many layers of X -> (I + A) X: (layers + 1, G)."""
    found = []
    for rows, operator in zip(_split(states, counts), operators(counts, bonds), strict=True):
        course = [_beside(rows)]
        for _ in range(layers):
            rows = operator @ rows
            rows = rows / np.abs(rows).max()
            course.append(_beside(rows))
        found.append(course)
    return np.array(found).T


def rates(counts: Sequence[int], bonds: np.ndarray) -> np.ndarray:
    """|l2| / l1 of I + A of each molecule: (G,)."""
    found = []
    for operator in operators(counts, bonds):
        sizes = np.sort(np.abs(np.linalg.eigvalsh(operator)))[::-1]
        found.append(sizes[1] / sizes[0])
    return np.array(found)


def operators(counts: Sequence[int], bonds: np.ndarray) -> list[np.ndarray]:
    """I + A of each molecule, (n, n)."""
    starts = np.cumsum([0, *counts])
    found = []
    for start, end in pairwise(starts):
        first, second = bonds[:, (bonds[0] >= start) & (bonds[0] < end)] - start
        operator = np.eye(end - start)
        operator[first, second] = operator[second, first] = 1
        found.append(operator)
    return found


def _split(states: np.ndarray, counts: Sequence[int]) -> list[np.ndarray]:
    return np.split(np.asarray(states, float), np.cumsum(counts)[:-1])
