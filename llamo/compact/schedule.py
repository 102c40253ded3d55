"""Steps, learning rates and batch sizes of a run of the compact model. Numbers only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from llamo.compact.views import Views


@dataclass(frozen=True)
class Stage:
    """A part of a run.

    Attributes:
        steps: of the optimizer.
        weights: how often a row of each kind is drawn in an epoch, by kind; 1 where a kind is not named.
        learning_rate: the highest.
    """

    steps: int
    weights: Mapping[str, float] = field(default_factory=dict)
    learning_rate: float = 1e-3


@dataclass(frozen=True)
class Schedule:
    """A run.

    Attributes:
        stages: one after the other.
        max_tokens: of a batch.
        packed: rows stand behind one another without padding, for attention that knows where they end (a GPU's flash
            attention); else rows of similar length are padded.
        warmup_steps: of each stage.
        final_rate: the lowest rate by the highest.
        weight_decay: of matrices; vectors have none.
        seed: of order and dropout.
        save_every: steps between checkpoints.
        evaluate_every: steps between looks at the validation rows.
        bf16: autocast to bfloat16.
        word_dropout: share of an answer's tokens that the model is not shown while it learns the next ones, so that it
            reads the molecule and the prompt instead of reciting.
        compiled: compile the decoder's layers, for a GPU that waits for the host.
        views: what rows show of their molecules.
    """

    stages: tuple[Stage, ...]
    max_tokens: int
    packed: bool = False
    warmup_steps: int = 100
    final_rate: float = 0.05
    weight_decay: float = 0.1
    seed: int = 0
    save_every: int = 200
    evaluate_every: int = 500
    bf16: bool = False
    word_dropout: float = 0.0
    compiled: bool = False
    views: Views = field(default_factory=Views)

    @property
    def steps(self) -> int:
        """All steps."""
        return sum(stage.steps for stage in self.stages)

    def at(self, step: int) -> tuple[int, int]:
        """Number of the stage a step belongs to, and its place there."""
        for number, stage in enumerate(self.stages):
            if step < stage.steps:
                return number, step
            step -= stage.steps
        raise ValueError(f"the schedule has {self.steps} steps only")

    def rate(self, step: int) -> float:
        """Learning rate: linear warm-up, then a cosine down to `final_rate`, in each stage."""
        number, place = self.at(step)
        stage = self.stages[number]
        if place < self.warmup_steps:
            return stage.learning_rate * (place + 1) / self.warmup_steps
        part = (place - self.warmup_steps) / max(1, stage.steps - self.warmup_steps)
        return stage.learning_rate * (self.final_rate + (1 - self.final_rate) * (1 + np.cos(np.pi * part)) / 2)
