"""Molecules that are wrong on purpose: another one of the batch, other bonds, or other atoms.

Mol-LLM (arXiv 2502.02810) replaces substructures by RDKit when data are prepared; these work on the tensors of a batch.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, get_args

import torch

from llamo.training.batch_graphs import SingleGraph
from llamo.training.graph_content import content_key, partners

Perturbation = Literal["shuffle", "bonds", "atoms"]
PERTURBATIONS: tuple[str, ...] = get_args(Perturbation)

# Draws until a random change has changed the molecule (a moved bond may give the same molecule again).
_TRIES = 4


def perturb(
    graphs: Sequence[SingleGraph], kind: Perturbation, *, share: float, generator: torch.Generator
) -> list[SingleGraph | None]:
    """A wrong molecule for each, different by content; None where there is none.

    Functional groups follow: those of another molecule of the batch stand in, or none where all are the same.

    Args:
        graphs: the molecules of a batch.
        kind: `shuffle` takes another molecule of the batch, `bonds` moves an end of some bonds to another atom, `atoms`
            gives some atoms the features of other atoms of the batch.
        share: of the bonds or atoms that change, at least one.
        generator: all randomness.
    """
    keys = [content_key(graph) for graph in graphs]
    others = [None if other is None else graphs[other] for other in partners(keys, generator)]
    if kind == "shuffle":
        return others
    draw = random.Random(int(torch.randint(2**62, (1,), generator=generator)))
    change = _changer(graphs, kind, share, draw)
    wrong = [_until_different(graph, key, change) for graph, key in zip(graphs, keys, strict=True)]
    return [graph and _with_motifs_of(graph, other) for graph, other in zip(wrong, others, strict=True)]


def _changer(
    graphs: Sequence[SingleGraph], kind: Perturbation, share: float, draw: random.Random
) -> Callable[[SingleGraph], SingleGraph]:
    if kind == "bonds":
        return lambda graph: move_bonds(graph, share, draw)
    rows = sorted({tuple(row) for graph in graphs for row in graph.node_ids.tolist()})
    return lambda graph: replace_atoms(graph, share, rows, draw)


def _until_different(
    graph: SingleGraph, key: tuple, change: Callable[[SingleGraph], SingleGraph]
) -> SingleGraph | None:
    for _ in range(_TRIES):
        changed = change(graph)
        if content_key(changed) != key:
            return changed
    return None


def _with_motifs_of(graph: SingleGraph, other: SingleGraph | None) -> SingleGraph:
    if graph.motif_features is None:
        return graph
    motifs = graph.motif_features[:0] if other is None else other.motif_features
    return replace(graph, motif_features=motifs)


def move_bonds(graph: SingleGraph, share: float, draw: random.Random) -> SingleGraph:
    """The molecule with one end of some bonds moved to an atom that was not bonded there, if there is one."""
    edges = graph.edge_index.tolist()
    rows_of: dict[tuple[int, int], list[int]] = {}
    for row, (source, target) in enumerate(edges):
        rows_of.setdefault((min(source, target), max(source, target)), []).append(row)
    bonds, taken = sorted(rows_of), set(rows_of)
    for bond in draw.sample(bonds, _some(share, len(bonds))):
        kept, moved = draw.sample(bond, 2)
        free = [atom for atom in range(len(graph.node_ids)) if atom != kept and _pair(atom, kept) not in taken]
        if free:
            atom = draw.choice(free)
            taken.add(_pair(atom, kept))
            for row in rows_of[bond]:
                edges[row] = [atom if end == moved else end for end in edges[row]]
    return replace(graph, edge_index=torch.tensor(edges, dtype=graph.edge_index.dtype).reshape(-1, 2))


def replace_atoms(
    graph: SingleGraph, share: float, rows: Sequence[tuple[int, ...]], draw: random.Random
) -> SingleGraph:
    """The molecule with the features of some atoms replaced by others out of `rows`."""
    nodes = graph.node_ids.tolist()
    for atom in draw.sample(range(len(nodes)), _some(share, len(nodes))):
        others = [row for row in rows if list(row) != nodes[atom]]
        if others:
            nodes[atom] = list(draw.choice(others))
    return replace(graph, node_ids=torch.tensor(nodes, dtype=graph.node_ids.dtype))


def _pair(first: int, second: int) -> tuple[int, int]:
    return min(first, second), max(first, second)


def _some(share: float, count: int) -> int:
    return min(count, max(1, round(share * count)))
