"""Measures encoders of every depth, fresh and trained, and the compact model's. Gives plain numbers, no words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch

from llamo.analysis.over_smoothing import collapse, encoders, probes
from llamo.analysis.over_smoothing.measures import measure
from llamo.analysis.over_smoothing.molecules import Molecules, measured, training
from llamo.analysis.parts import Parts
from modeling_llamo import LlamoGraphEncoder
from processors import MoleculeGraph

# Molecules to train on.
TRAINING = 3000
# Rates of collapse are taken from this level on, where the linear model has come near its own.
FROM_LEVEL = 4


@dataclass(frozen=True)
class Plan:
    """What is measured.

    Attributes:
        molecules: number of molecules.
        depths: layers of the encoders, rising.
        width: of their node states.
        steps: each is trained.
        seeds: of weights and training, from 0 on.
        asked: molecules that the compact model is asked about.

    Raises:
        ValueError: a number that is too small, or depths that do not rise.
    """

    molecules: int = 200
    depths: tuple[int, ...] = (2, 4, 5, 8, 16, 32)
    width: int = 128
    steps: int = 80
    seeds: int = 3
    asked: int = 60

    def __post_init__(self):
        if len(self.depths) < 2 or list(self.depths) != sorted(set(self.depths)) or self.depths[0] < 2:
            raise ValueError(f"depths are two or more rising numbers from 2 on, got {list(self.depths)}")
        for name, least in (("width", 1), ("steps", 1), ("seeds", 2), ("asked", 5)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least}, got {getattr(self, name)}")
        if self.asked > self.molecules:
            raise ValueError(f"asked is at most the number of molecules, {self.molecules}, got {self.asked}")


class Depths:
    """Encoders measured, part by part.

    Args:
        plan: see there.
        parts: where finished ones are.
    """

    def __init__(self, plan: Plan, parts: Parts):
        self.plan, self.parts = plan, parts

    @cached_property
    def molecules(self) -> Molecules:
        """Those that are measured."""
        return measured(self.plan.molecules)

    @cached_property
    def seen(self) -> list[MoleculeGraph]:
        """Those that encoders are trained on."""
        return training(TRAINING, self.molecules)

    def fresh(self, depth: int, seed: int) -> dict[str, Any]:
        """A fresh encoder's levels; of the deepest, also how fast they collapse."""
        return self.parts.get(f"fresh-{depth}-{seed}", self._settings(depth, seed), lambda: self._fresh(depth, seed))

    def trained(self, depth: int, seed: int) -> dict[str, Any]:
        """A trained encoder's levels, and what it has learned."""
        settings = self._settings(depth, seed) | {"steps": self.plan.steps, "rate": encoders.LEARNING_RATE}
        return self.parts.get(f"trained-{depth}-{seed}", settings, lambda: self._trained(depth, seed))

    def compact(self, encoder: LlamoGraphEncoder, name: str) -> dict[str, Any]:
        """A given encoder's levels, molecule by molecule, and what can be read from each."""
        settings = {"molecules": self.plan.molecules, "encoder": name}
        return self.parts.get("compact", settings, lambda: self._given(encoder))

    def _settings(self, depth: int, seed: int) -> dict[str, Any]:
        plan = asdict(self.plan)
        return {"depth": depth, "seed": seed, "width": plan["width"], "molecules": plan["molecules"]}

    def _start(self, depth: int, seed: int) -> LlamoGraphEncoder:
        return encoders.fresh(depth, width=self.plan.width, seed=seed)

    def _fresh(self, depth: int, seed: int) -> dict[str, Any]:
        encoder = self._start(depth, seed)
        encoders.calibrate(encoder, self.molecules.batch)
        levels = encoders.states(encoder, self.molecules.batch)
        found = {"levels": self._means(levels)}
        return found | {"collapse": self._collapse(encoder, levels)} if depth == self.plan.depths[-1] else found

    def _trained(self, depth: int, seed: int) -> dict[str, Any]:
        encoder = self._start(depth, seed)
        head = encoders.train(encoder, self.seen, steps=self.plan.steps, seed=seed)
        encoders.calibrate(encoder, self.molecules.batch)
        levels = encoders.states(encoder, self.molecules.batch)
        learned = encoders.learned(encoder, head, self.molecules.graphs, self.seen)
        beside = [_medians([collapse.beside(level, self.molecules.counts)])[0] for level in levels]
        return {"levels": self._means(levels), "learned": learned, "beside": beside}

    def _given(self, encoder: LlamoGraphEncoder) -> dict[str, Any]:
        levels, counts = encoders.states(encoder, self.molecules.batch), self.molecules.counts
        read = [probes.own_and_whole(level, levels[0], counts) for level in levels]
        return {
            "levels": [{name: values.tolist() for name, values in of.items()} for of in self._measured(levels)],
            "beside": [float(np.median(collapse.beside(level, counts))) for level in levels],
            "own": [own for own, _ in read],
            "whole": [whole for _, whole in read],
        }

    def _measured(self, levels: Sequence[np.ndarray]) -> list[Mapping[str, np.ndarray]]:
        return [measure(level, self.molecules.counts, self.molecules.bonds) for level in levels]

    def _means(self, levels: Sequence[np.ndarray]) -> list[dict[str, float]]:
        return [{name: float(values.mean()) for name, values in of.items()} for of in self._measured(levels)]

    def _collapse(self, encoder: LlamoGraphEncoder, levels: Sequence[np.ndarray]) -> dict[str, Any]:
        """Medians by level and rates by molecule: the linear model, the encoder without BatchNorm, and as it is."""
        counts, bonds = self.molecules.counts, self.molecules.bonds
        torch.nn.Module.double(encoder)
        with encoders.without_norms(encoder):
            bare = encoders.states(encoder, self.molecules.batch)
        ways = {
            "linear": collapse.linear_model(levels[0], counts, bonds, len(levels) - 1),
            "without BatchNorm": np.array([collapse.beside(level, counts) for level in bare]),
            "with BatchNorm": np.array([collapse.beside(level, counts) for level in levels]),
        }
        return {
            "eigenvalues": collapse.rates(counts, bonds).tolist(),
            "medians": {name: _medians(course) for name, course in ways.items()},
            "rates": {name: _rates(course).tolist() for name, course in ways.items()},
        }


def _medians(course: Sequence[np.ndarray] | np.ndarray) -> list[float]:
    return [float(np.median(level)) for level in course]


def _rates(course: np.ndarray) -> np.ndarray:
    """(levels, G) -> (G,) by which factor the number changes per layer, up to the last level that a ReLU has made."""
    first = min(FROM_LEVEL, len(course) - 3)
    last = len(course) - 2
    return (course[last] / course[max(first, 0)]) ** (1 / max(1, last - max(first, 0)))
