"""The training examples most similar to a question: by molecules where it has some, else by words. Knows no model."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from llamo.baselines.text_index import TextIndex
from processors.molecule_index import BITS, RADIUS, MoleculeIndex

if TYPE_CHECKING:
    from llamo.tasks.task import Example

# Decides between equal similarities only: different ones of fingerprints differ by more.
_SAME_WORDING = 1e-9
# Group, and whether there are molecules.
_Kind = tuple[str | None, bool]


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
        kinds: dict[_Kind, list[Example]] = defaultdict(list)
        for example in sorted(train, key=lambda example: example.row):
            kinds[_kind(example)].append(example)
        self._parts = {kind: _Part(examples) for kind, examples in kinds.items()}

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
        """The `count` most similar, the most similar first; of equally similar ones those of the same wording, by row.

        Raises:
            ValueError: the example's group has fewer training examples, or a molecule cannot be read.
        """
        part = self._parts.get(_kind(example))
        size = len(part.examples) if part else 0
        if part is None or size < count:
            kind = f"{'with' if example.molecules else 'without'} molecules, group {example.group!r}"
            raise ValueError(
                f"row {example.row}: {count} training examples wanted, there are {size} of its kind ({kind}); "
                "give more training data or ask for fewer"
            )
        return part.nearest(example, count)


def _kind(example: "Example") -> _Kind:
    return example.group, bool(example.molecules)


class _Part:
    """Training examples of one kind, in order of rows. Indexes are made when they are first searched."""

    def __init__(self, examples: "Sequence[Example]"):
        self.examples = examples

    @cached_property
    def _index(self) -> MoleculeIndex | TextIndex:
        if not self.examples[0].molecules:
            return TextIndex([example.prompt for example in self.examples])
        places = [f"training row {example.row}" for example in self.examples]
        return MoleculeIndex([example.molecules for example in self.examples], places=places)

    @cached_property
    def _wordings(self) -> dict[str, list[int]]:
        """Places of examples by prompt."""
        wordings: dict[str, list[int]] = defaultdict(list)
        for place, example in enumerate(self.examples):
            wordings[example.prompt].append(place)
        return wordings

    def nearest(self, example: "Example", count: int) -> list[Neighbour]:
        similarities = self._similarities(example)
        ranking = similarities.copy()
        ranking[self._wordings.get(example.prompt, [])] += _SAME_WORDING
        places = [int(ranking.argmax())] if count == 1 else np.argsort(-ranking, kind="stable")[:count].tolist()
        return [Neighbour(self.examples[place], float(similarities[place])) for place in places]

    def _similarities(self, example: "Example") -> np.ndarray:
        if isinstance(self._index, TextIndex):
            return self._index.similarities(example.prompt)
        return self._index.similarities(example.molecules, place=f"row {example.row}")


def _hash(examples: "Sequence[Example]") -> str:
    text = json.dumps([asdict(example) for example in examples], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
