"""The training examples most similar to a question: by molecules where it has some, else by words. Knows no model."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from llamo.baselines.molecule_index import BITS, RADIUS, MoleculeIndex
from llamo.baselines.text_index import TextIndex

if TYPE_CHECKING:
    from llamo.tasks.task import Example


@dataclass(frozen=True)
class Neighbour:
    """A training example and how similar it is: 0 to 1 by molecules, BM25 by words."""

    example: "Example"
    similarity: float

    def __str__(self) -> str:
        return f"training row {self.example.row} (similarity {self.similarity:.3f})"


class Neighbours:
    """Training examples, searched group by group: an assay of Tox21 knows that assay's examples only.

    Args:
        train: examples with right answers.
    """

    def __init__(self, train: "Sequence[Example]"):
        if not train:
            raise ValueError("there are no training examples to retrieve from; give the task's training split")
        self._sha256 = _hash(train)
        self._size = len(train)
        parts: dict[Any, list[Example]] = defaultdict(list)
        for example in sorted(train, key=lambda example: example.row):
            parts[_part(example)].append(example)
        self._parts = dict(parts)
        self._indexes: dict[Any, MoleculeIndex | TextIndex] = {}

    @property
    def by(self) -> str:
        """What is compared, in words."""
        by_molecules = any(has_molecules for _, has_molecules in self._parts)
        return "Morgan, Tanimoto" if by_molecules else "BM25"

    def settings(self) -> dict[str, Any]:
        """What the neighbours depend on, as JSON."""
        return {
            "training_examples": self._size,
            "training_sha256": self._sha256,
            "similarity": f"Tanimoto of Morgan fingerprints (radius {RADIUS}, {BITS} bits); BM25 for text alone",
        }

    def nearest(self, example: "Example", count: int) -> list[Neighbour]:
        """The `count` most similar, the most similar first; of equally similar ones the lower row.

        Raises:
            ValueError: the example's group has fewer training examples, or a molecule cannot be read.
        """
        part = _part(example)
        known = self._parts.get(part, [])
        if len(known) < count:
            kind = f"{'with' if example.molecules else 'without'} molecules, group {example.group!r}"
            raise ValueError(
                f"row {example.row}: {count} training examples wanted, there are {len(known)} of its kind ({kind}); "
                "give more training data or ask for fewer"
            )
        similarities = self._similarities(part, example)
        nearest = [similarities.argmax()] if count == 1 else np.argsort(-similarities, kind="stable")[:count]
        return [Neighbour(known[place], float(similarities[place])) for place in nearest]

    def _similarities(self, part: Any, example: "Example") -> np.ndarray:
        if part not in self._indexes:
            self._indexes[part] = _index(self._parts[part])
        index = self._indexes[part]
        if isinstance(index, TextIndex):
            return index.similarities(example.prompt)
        return index.similarities(example.molecules, place=f"row {example.row}")


def _part(example: "Example") -> tuple[str | None, bool]:
    return example.group, bool(example.molecules)


def _index(examples: "Sequence[Example]") -> MoleculeIndex | TextIndex:
    if not examples[0].molecules:
        return TextIndex([example.prompt for example in examples])
    places = [f"training row {example.row}" for example in examples]
    return MoleculeIndex([example.molecules for example in examples], places=places)


def _hash(examples: "Sequence[Example]") -> str:
    text = json.dumps([asdict(example) for example in examples], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
