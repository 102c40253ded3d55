"""What a training row shows of its molecule: the graph, the SMILES or both. Knows arrays only, no chemistry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from llamo.compact.tensors import TensorRows

VIEWS = ("both", "graph", "smiles")
PER_TOKEN = ("input_ids", "attention_mask", "labels")


@dataclass(frozen=True)
class Views:
    """How often a row shows graph and SMILES, the graph alone, or the SMILES alone.

    Attributes:
        both: share of rows.
        graph: share of rows.
        smiles: share of rows.
    """

    both: float = 0.5
    graph: float = 0.4
    smiles: float = 0.1

    @property
    def most(self) -> str:
        """The view that is drawn most often, in which losses on validation rows are taken."""
        return max(VIEWS, key=lambda view: getattr(self, view))

    def draw(self, *seed: int) -> str:
        """A view by chance."""
        place = np.random.default_rng(seed).random() * (self.both + self.graph + self.smiles)
        return "both" if place < self.both else "graph" if place < self.both + self.graph else "smiles"


def seen(rows: TensorRows, row: int, view: str, *, graph_token_id: int) -> dict[str, Any]:
    """A row as an example for the collators, without what the view does not show; text alone stays as it is.

    Raises:
        ValueError: an unknown view.
    """
    if view not in VIEWS:
        raise ValueError(f"a view is one of {', '.join(VIEWS)}, got {view!r}")
    example = rows[row]
    if view == "both" or not len(rows.molecules[row]):
        return example
    if view == "graph":
        start, end = rows.written[row].tolist()
        return _without(example, np.arange(start, end))
    text = {name: example[name] for name in PER_TOKEN}
    return _without(text, np.flatnonzero(example["input_ids"] == graph_token_id))


def _without(example: Mapping[str, Any], places: np.ndarray) -> dict[str, Any]:
    return {**example, **{name: np.delete(example[name], places) for name in PER_TOKEN}}
