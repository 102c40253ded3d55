"""Molecules with something left out: what goes, what stays as it was, and that there is always an atom."""

import numpy as np
import pytest

from llamo.explain.variants import all_variants, leave_out
from processors.graph import featurize_mol
from processors.molecule import parse
from processors.motifs import motif_atoms

BLANK = np.full(9, 7)


def graph(smiles: str):
    return featurize_mol(parse(smiles))


def bonds(graph) -> set[tuple]:
    """Each directed bond with the features of its two ends and its own."""
    nodes = graph.node_ids
    return {
        (tuple(nodes[source]), tuple(nodes[target]), tuple(ids))
        for (source, target), ids in zip(graph.edge_index, graph.edge_ids, strict=True)
    }


def test_a_removed_atom_takes_its_bonds_and_nothing_else():
    whole = graph("NC(=O)CF")
    found = leave_out(whole, atoms=[1], blank=BLANK, how="remove")
    assert np.array_equal(found.node_ids, np.delete(whole.node_ids, 1, axis=0))
    assert bonds(found) < bonds(whole) and len(found.edge_ids) == 2  # C-F, both ways
    assert found.motif_features is not None and len(found.motif_features) == len(whole.motif_features)


def test_a_masked_atom_keeps_its_bonds():
    whole = graph("CCO")
    found = leave_out(whole, atoms=[1], blank=BLANK, how="mask")
    assert found.node_ids[1].tolist() == BLANK.tolist()
    assert np.array_equal(found.node_ids[[0, 2]], whole.node_ids[[0, 2]])
    assert np.array_equal(found.edge_index, whole.edge_index)


def test_the_whole_molecule_is_not_changed():
    whole, again = graph("CCO"), graph("CCO")
    for how in ("remove", "mask"):
        leave_out(whole, atoms=[0], rows=[0], blank=BLANK, how=how)
    assert np.array_equal(whole.node_ids, again.node_ids)
    assert np.array_equal(whole.motif_features, again.motif_features)


@pytest.mark.parametrize("smiles", ["C", "[Na+].[Cl-]", "c1ccccc1"])
def test_where_nothing_would_stay_one_unknown_atom_does(smiles):
    whole = graph(smiles)
    found = leave_out(whole, atoms=range(len(whole.node_ids)), blank=BLANK, how="remove")
    assert found.node_ids.tolist() == [BLANK.tolist()]
    assert found.edge_index.shape == (0, 2) and found.edge_ids.shape == (0, 3)


def test_variants_are_atoms_then_motifs_then_rows():
    smiles = "CC(=O)Oc1ccccc1C(=O)O"
    whole, motifs = graph(smiles), motif_atoms(parse(smiles))
    found = all_variants(whole, motifs, blank=BLANK, how="remove")
    assert [len(one.node_ids) for one in found] == [12] * 13 + [10, 10, 7] + [13] * 3
    assert [len(one.motif_features) for one in found] == [3] * 13 + [2] * 6
