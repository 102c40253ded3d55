"""What a run of the laboratory measured, and its file. Numbers only."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from llamo.analysis.laboratory.measuring import RowScores
from llamo.compact.tensors import TensorRows
from llamo.whole_files import write_whole


@dataclass(frozen=True)
class Result:
    """One arm with one seed.

    Attributes:
        settings: of the arm (`Arm.settings`), and `material`, the digest of its rows.
        kinds: by kind of the tests' rows: `rows`, `tokens`, `loss` (nats per token), `right` (share of answers).
        bleu_4: of greedy descriptions, from 0 to 1; None where none were made.
        weights: of the whole model.
        graph_tokens: of a molecule; None is one per atom.
        seconds: of training.
    """

    settings: Mapping[str, Any]
    kinds: Mapping[str, Mapping[str, float]]
    bleu_4: float | None
    weights: int
    graph_tokens: int | None
    seconds: float

    @property
    def name(self) -> str:
        """Of the arm."""
        return self.settings["name"]

    @property
    def seed(self) -> int:
        """Of the arm."""
        return self.settings["seed"]

    def loss(self, kind: str) -> float:
        """Nats per token of the true answers of a kind."""
        return self.kinds[kind]["loss"]

    def right(self, *kinds: str) -> float:
        """Share of right answers, the mean over kinds."""
        return float(np.mean([self.kinds[kind]["right"] for kind in kinds]))

    def write(self, path: Path):
        """Writes it, whole or not at all."""
        write_whole(path, json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> "Result | None":
        """What `write` left, or None."""
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def by_kind(rows: TensorRows, scores: RowScores) -> dict[str, dict[str, float]]:
    """Scores of each kind of row, as `Result.kinds` has them."""
    found = {}
    for number, name in enumerate(rows.names):
        chosen = rows.kinds == number
        if chosen.any():
            tokens = int(scores.tokens[chosen].sum())
            found[name] = {
                "rows": int(chosen.sum()),
                "tokens": tokens,
                "loss": float(scores.loss[chosen].sum() / tokens),
                "right": float(scores.right[chosen].mean()),
            }
    return found
