"""Right and wrong answers as shares with intervals over seeds, by question and by size. Knows numbers only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from llamo.analysis.graphs.questions import QUESTIONS
from llamo.analysis.intervals import Interval, difference, interval

SIZES = ((5, 10), (11, 20), (21, 30))


@dataclass(frozen=True)
class Results:
    """What was answered.

    Attributes:
        questions: kind and number of nodes of each question, by set of graphs.
        right: by set of graphs and arm: 1 or 0 for each question, for each seed.
        settings: of the runs.
        weights: of the model.
    """

    questions: Mapping[str, Sequence[tuple[str, int]]]
    right: Mapping[str, Mapping[str, Sequence[Sequence[int]]]]
    settings: Mapping[str, Any]
    weights: int

    @property
    def seeds(self) -> int:
        """Runs of each arm."""
        return max(len(runs) for runs in self.right["synthetic"].values())

    def count(self, of: str) -> int:
        """Questions of a set."""
        return len(self.questions[of])

    def sizes(self, of: str) -> list[tuple[int, int]]:
        """Those of `SIZES` that were asked about."""
        return [(low, high) for low, high in SIZES if any(low <= size <= high for _, size in self.questions[of])]

    def shares(self, of: str, arm: str, *, question: str | None = None, sizes: tuple[int, int] | None = None) -> list:
        """Share of right answers of each seed, in one kind of question, or as the mean over kinds.

        Args:
            of: set of graphs.
            arm: see `Arm`, or "most frequent answer".
            question: kind; None is the mean of all kinds.
            sizes: smallest and largest number of nodes that count; None takes all.
        """
        if question is None:
            each = [self.shares(of, arm, question=name, sizes=sizes) for name in QUESTIONS]
            return np.mean(known, axis=0).tolist() if (known := [one for one in each if one]) else []
        low, high = sizes or (0, 10**9)
        chosen = [name == question and low <= size <= high for name, size in self.questions[of]]
        if not any(chosen):
            return []
        return np.asarray(self.right[of][arm])[:, chosen].mean(1).tolist()

    def share(self, of: str, arm: str, **chosen: Any) -> Interval:
        """Mean of `shares` with its interval; the same number thrice with one seed."""
        return interval(self.shares(of, arm, **chosen))

    def gain(self, of: str, arm: str, other: str, **chosen: Any) -> Interval:
        """How much more an arm gets right than another, seeds paired."""
        ours, theirs = self.shares(of, arm, **chosen), self.shares(of, other, **chosen)
        return difference(ours, theirs * len(ours) if len(theirs) == 1 else theirs)
