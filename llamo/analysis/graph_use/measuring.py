"""The compact model on questions with true and wrong graphs: one file for each kind, kept."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from llamo.analysis.graph_use.variants import GRAPHS, variants
from llamo.analysis.laboratory.measuring import score_rows
from llamo.compact.prepare import encode_rows
from llamo.compact.rows import Row
from llamo.whole_files import write_whole
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoDataCollator, LlamoProcessor


@dataclass(frozen=True)
class Answers:
    """What the model makes of one kind of question.

    Attributes:
        settings: of the measurement, with a digest of the questions; a file with others is not taken.
        kind: of the questions.
        molecules: SMILES of each row.
        loss: by view and graphs, nats per token of the true answer of each row.
        right: by view and graphs, whether greedy search gives the true answer, of each row.
    """

    settings: Mapping[str, Any]
    kind: str
    molecules: list[str]
    loss: Mapping[str, Mapping[str, list[float]]]
    right: Mapping[str, Mapping[str, list[bool]]]

    def by_molecule(self, what: str, view: str, graphs: str) -> np.ndarray:
        """Means over each molecule's rows of "loss" or "right", in order of the molecules' names."""
        values = np.array(getattr(self, what)[view][graphs], float)
        _, places = np.unique(self.molecules, return_inverse=True)
        return np.bincount(places, values) / np.bincount(places)


def measure(
    model: LlamoForConditionalGeneration,
    processor: LlamoProcessor,
    rows: Sequence[Row],
    folder: Path,
    *,
    settings: Mapping[str, Any],
    seed: int = 0,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Answers]:
    """Answers of every kind of row; kinds that `folder` has with the same settings are read."""
    found = []
    for kind in dict.fromkeys(row.kind for row in rows):
        path = folder / f"{kind.replace(' ', '-')}.json"
        mine = [row for row in rows if row.kind == kind]
        answers, own = _read(path), {**settings, "questions": digest(mine), "seed": seed}
        if answers is None or answers.settings != own:
            answers = _measure(model, processor, kind, mine, own, seed)
            write_whole(path, json.dumps(asdict(answers)) + "\n")
            tell(f"{kind}: {len(mine)} questions")
        found.append(answers)
    return found


def digest(rows: Sequence[Row]) -> str:
    """Short name of questions, by content."""
    return hashlib.sha256(repr([(row.molecule, row.turns) for row in rows]).encode()).hexdigest()[:16]


def _read(path: Path) -> Answers | None:
    return Answers(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def _measure(
    model: LlamoForConditionalGeneration,
    processor: LlamoProcessor,
    kind: str,
    rows: Sequence[Row],
    settings: Mapping[str, Any],
    seed: int,
) -> Answers:
    collate, encoded = LlamoDataCollator(processor), encode_rows(rows, processor, None)
    loss: dict[str, dict[str, list[float]]] = {}
    right: dict[str, dict[str, list[bool]]] = {}
    for view in GRAPHS:
        loss[view], right[view] = {}, {}
        for graphs, examples in variants(encoded, view, processor, seed=seed).items():
            scores = score_rows(model, collate, examples)
            loss[view][graphs] = (scores.loss / scores.tokens).tolist()
            right[view][graphs] = scores.right.tolist()
    return Answers(settings, kind, [str(row.molecule) for row in rows], loss, right)
