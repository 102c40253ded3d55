"""What can be read linearly from the states of a level: the atom itself, and its molecule. Knows arrays only."""

from collections.abc import Sequence

import numpy as np

FOLDS = 5
PENALTY = 1e-3


def own_and_whole(states: np.ndarray, first: np.ndarray, counts: Sequence[int]) -> tuple[list[float], list[float]]:
    """How well a level tells the atom's own embedding, and the mean embedding of its molecule's atoms.

    Args:
        states: (N, D) of a level.
        first: (N, D) atom embeddings, level 0.
        counts: atoms of each molecule.

    Returns:
        R^2 of either on the molecules of each fold.
    """
    starts = np.cumsum([0, *counts])[:-1]
    means = np.add.reduceat(first, starts) / np.asarray(counts)[:, None]
    return explained(states, first, counts), explained(states, np.repeat(means, counts, axis=0), counts)


def explained(states: np.ndarray, targets: np.ndarray, counts: Sequence[int]) -> list[float]:
    """R^2 of ridge regression on held-out molecules, every fifth each time; all columns of the targets together."""
    molecule = np.repeat(np.arange(len(counts)), counts)
    return [_fold(states, targets, molecule % FOLDS == fold) for fold in range(FOLDS)]


def _fold(states: np.ndarray, targets: np.ndarray, held_out: np.ndarray) -> float:
    mean, middle = states[~held_out].mean(0), targets[~held_out].mean(0)
    rows, truth = states - mean, targets - middle
    covariance = rows[~held_out].T @ rows[~held_out]
    covariance += PENALTY * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    weights = np.linalg.solve(covariance, rows[~held_out].T @ truth[~held_out])
    residual = truth[held_out] - rows[held_out] @ weights
    around = targets[held_out] - targets[held_out].mean(0)
    return float(1 - (residual**2).sum() / (around**2).sum())
