"""The molecules that are measured, and those that encoders are trained on; both come with the package. Knows RDKit."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from llamo.compact.shipped import shipped
from llamo.demo.molecules import NamedMolecule, read_molecules
from modeling_llamo.packing import GraphBatch
from processors import LlamoFeatureExtractor, MoleculeGraph
from processors.retrieval import CaptionIndex

FEWEST_ATOMS, MOST_ATOMS = 10, 100


@dataclass(frozen=True)
class Molecules:
    """Molecules as the encoder reads them.

    Attributes:
        named: what they are.
        graphs: their features.
    """

    named: tuple[NamedMolecule, ...]
    graphs: tuple[MoleculeGraph, ...]

    @classmethod
    def of(cls, named: Sequence[NamedMolecule]) -> "Molecules":
        """Featurised."""
        extractor = LlamoFeatureExtractor()
        return cls(tuple(named), tuple(extractor.featurize(one.smiles, row=row) for row, one in enumerate(named)))

    @cached_property
    def batch(self) -> GraphBatch:
        """All of them, packed."""
        return pack(self.graphs)

    def first(self, number: int) -> "Molecules":
        """The first so many."""
        return Molecules(self.named[:number], self.graphs[:number])

    @property
    def counts(self) -> list[int]:
        """Atoms of each."""
        return [len(graph.node_ids) for graph in self.graphs]

    @cached_property
    def bonds(self) -> np.ndarray:
        """(2, B) both atoms of each bond, once, as rows of all atoms."""
        edges = self.batch.global_edge_index().numpy()
        return edges[:, edges[0] < edges[1]]


def pack(graphs: Sequence[MoleculeGraph]) -> GraphBatch:
    """Graphs as the model takes them."""
    packed = LlamoFeatureExtractor().pack(list(graphs), return_tensors="pt")
    return GraphBatch(**{name.removeprefix("graph_"): tensor for name, tensor in packed.items()})


def on(graphs: GraphBatch, device: Any) -> GraphBatch:
    """The same on a device."""
    tensors = {one.name: getattr(graphs, one.name) for one in fields(graphs)}
    moved: dict[str, Any] = {name: None if one is None else one.to(device) for name, one in tensors.items()}
    return GraphBatch(**moved)


def measured(number: int) -> Molecules:
    """So many of the demo's molecules, connected, of 10 to 100 heavy atoms, each structure once, in a fixed order.

    Raises:
        ValueError: there are not so many, or less than ten are asked for.
    """
    fitting = [one for one in read_molecules() if "." not in one.smiles and _fits(one.mol.GetNumAtoms())]
    named = sorted({one.structure: one for one in fitting}.values(), key=lambda one: one.name)
    if not 10 <= number <= len(named):
        raise ValueError(f"got {number} molecules to measure; give 10 to {len(named)}")
    random.Random(0).shuffle(named)
    return Molecules.of(named[:number])


def training(number: int, without: Molecules) -> list[MoleculeGraph]:
    """So many of the compact model's molecules with descriptions, connected, of 10 to 100 atoms, none of the others.

    Raises:
        ValueError: this installation has no trained weights.
    """
    index = CaptionIndex.from_pretrained(shipped())
    assert index is not None, "the weights come with their index"
    taken, extractor, found = {graph.smiles for graph in without.graphs}, LlamoFeatureExtractor(), []
    smiles = sorted({one for one in index.smiles if "." not in one})
    random.Random(0).shuffle(smiles)
    for one in smiles:
        graph = extractor.featurize(one)
        if _fits(len(graph.node_ids)) and graph.smiles not in taken:
            found.append(graph)
        if len(found) == number:
            break
    return found


def _fits(atoms: int) -> bool:
    return FEWEST_ATOMS <= atoms <= MOST_ATOMS
