"""Molecules with atoms or functional groups left out of their graph tensors. Knows arrays only."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from processors.graph import MoleculeGraph
from processors.motifs import MotifAtoms

LeavingOut = Literal["remove", "mask"]


def leave_out(
    graph: MoleculeGraph, *, atoms: Collection[int] = (), rows: Collection[int] = (), blank: np.ndarray, how: LeavingOut
) -> MoleculeGraph:
    """The graph without some atoms and motif rows; what stays keeps its features.

    Args:
        graph: of the molecule.
        atoms: to leave out.
        rows: motif rows to leave out.
        blank: (9,) features of an unknown atom, `*` in SMILES.
        how: `remove` takes the atoms and their bonds away (where nothing stays, one unknown atom stands); `mask` makes
            them unknown atoms that keep their bonds.
    """
    out = np.isin(np.arange(len(graph.node_ids)), list(atoms))
    kept_rows = np.delete(graph.motif_features, list(rows), axis=0)
    if how == "mask":
        nodes = np.where(out[:, None], blank, graph.node_ids)
        return replace(graph, node_ids=nodes, motif_features=kept_rows)
    nodes = graph.node_ids[~out] if not out.all() else blank[None]
    stays = ~out[graph.edge_index].any(1)
    edges = (np.cumsum(~out) - 1)[graph.edge_index[stays]]
    return replace(graph, node_ids=nodes, edge_index=edges, edge_ids=graph.edge_ids[stays], motif_features=kept_rows)


def all_variants(
    graph: MoleculeGraph, motifs: Sequence[MotifAtoms], *, blank: np.ndarray, how: LeavingOut
) -> list[MoleculeGraph]:
    """Without each atom (N), then without each motif's own atoms and its row (M), then without its row alone (M)."""
    options = {"blank": blank, "how": how}
    return [
        *(leave_out(graph, atoms=[atom], **options) for atom in range(len(graph.node_ids))),
        *(leave_out(graph, atoms=motif.own, rows=[row], **options) for row, motif in enumerate(motifs)),
        *(leave_out(graph, rows=[row], **options) for row in range(len(motifs))),
    ]
