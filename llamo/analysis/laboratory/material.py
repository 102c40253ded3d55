"""What the laboratory learns from and is asked: small parts of the compact model's prepared rows. Knows no model."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from llamo.analysis.laboratory.shown import take
from llamo.compact import tensors
from llamo.compact.tensors import TensorRows
from processors import LlamoProcessor

# Larger molecules are left out, so that a run with a token for every atom is no longer than others.
MOST_ATOMS = 50


@dataclass(frozen=True)
class Material:
    """Rows and their tokenizer.

    Attributes:
        processor: of all rows.
        train: to learn from.
        tests: to be measured on, by name; each row has one answer.
        parts: masks over `train`, by the name that an `Arm` gives in `rows`.
    """

    processor: LlamoProcessor
    train: TensorRows
    tests: Mapping[str, TensorRows]
    parts: Mapping[str, np.ndarray] = field(default_factory=dict)

    def learned(self, name: str) -> TensorRows:
        """The training rows of a part.

        Raises:
            ValueError: there is no such part, or it is empty.
        """
        if name == "all":
            return self.train
        if name not in self.parts:
            raise ValueError(f"the material has no part {name!r}; there are: {', '.join(['all', *self.parts])}")
        numbers = np.flatnonzero(self.parts[name])
        if not len(numbers):
            raise ValueError(f"the part {name!r} of the material has no row; choose another")
        return take(self.train, numbers)

    def digest(self, part: str) -> str:
        """Short name of what is learned and asked, by content."""
        found = hashlib.sha256()
        for rows in (self.learned(part), *self.tests.values()):
            for array in (rows.ids.values, rows.ids.starts, rows.molecules.values, rows.kinds):
                found.update(np.ascontiguousarray(array).tobytes())
        return found.hexdigest()[:16]


def prepared(
    folder: Path,
    *,
    data: Path | None = None,
    facts: int = 6_000,
    captions: int = 300,
    molecules: int = 100,
    most_atoms: int = MOST_ATOMS,
    seed: int = 0,
) -> Material:
    """Descriptions and facts of the compact model's prepared folder: what a graph alone can tell.

    To learn from: every description with two facts about its molecule ("talk"), and conversations of five facts. To be
    measured on: "captions", descriptions of ChEBI-20's test split, and "facts", every question about some of its
    molecules.

    Args:
        folder: that `examples/03_train_compact.py --only-prepare` makes.
        data: folder of the data files, to prepare it (17 minutes of one core) where it is not there.
        facts: conversations of facts, drawn by chance.
        captions: descriptions to measure on.
        molecules: whose facts are measured.
        most_atoms: of a molecule.
        seed: of the draw.

    Raises:
        ValueError: the folder is not there and no data are given.
    """
    if not (folder / "report.json").is_file():
        if data is None:
            raise ValueError(f"{folder} is not prepared: give the folder of the data files (--data), or another folder")
        from llamo.compact.prepare import Amounts, prepare

        prepare(data, folder, Amounts())
    train = tensors.load(folder / "train")
    talk = np.flatnonzero((train.kinds == train.names.index("talk")) & _small(train, most_atoms))
    asked = np.flatnonzero((train.kinds == train.names.index("facts")) & _small(train, most_atoms))
    drawn = np.random.default_rng(seed).permutation(asked)[:facts]
    described, questions = (tensors.load(folder / name) for name in ("test-0", "test-facts"))
    return Material(
        LlamoProcessor.from_pretrained(folder / "processor"),
        take(train, np.sort(np.concatenate([talk, drawn]))),
        {
            "captions": take(described, np.flatnonzero(_small(described, most_atoms))[:captions]),
            "facts": _about(take(questions, np.flatnonzero(_small(questions, most_atoms))), molecules),
        },
    )


def _small(rows: TensorRows, most_atoms: int) -> np.ndarray:
    """Which rows are about a molecule of at most so many atoms."""
    atoms, starts = np.diff(rows.graphs["node_ids"].starts), rows.molecules.starts
    alone = np.diff(starts) == 1
    alone[alone] = atoms[rows.molecules.values[starts[:-1][alone]]] <= most_atoms
    return alone


def _about(rows: TensorRows, molecules: int) -> TensorRows:
    """The rows about the first molecules."""
    first = np.unique(rows.molecules.values)[:molecules]
    return take(rows, np.flatnonzero(np.isin(rows.molecules.values, first)))
