"""Wrong molecules: always different, of the same size where they should be, and bonds stay in pairs."""

import random

import pytest
import torch

from llamo.training.batch_graphs import split_graphs
from llamo.training.graph_content import content_key
from llamo.training.perturbation import PERTURBATIONS, move_bonds, perturb, replace_atoms
from tests.llamo.training.batches import generator
from tests.llamo.training.test_graph_content import graph_of
from tests.tiny import random_graphs

GRAPHS = split_graphs(random_graphs([5, 1, 12, 30]))


@pytest.mark.parametrize("kind", PERTURBATIONS)
def test_wrong_molecules_differ_by_content(kind):
    wrong = perturb(GRAPHS, kind, share=0.3, generator=generator())
    for graph, other in zip(GRAPHS, wrong, strict=True):
        assert other is None or content_key(other) != content_key(graph)
    missing = [other is None for other in wrong]
    assert missing == [False, kind == "bonds", False, False]  # a single atom has no bond to move


@pytest.mark.parametrize("kind", PERTURBATIONS)
def test_the_seed_decides(kind):
    def keys(seed: int) -> list:
        wrong = perturb(GRAPHS, kind, share=0.3, generator=generator(seed))
        return [other and content_key(other) for other in wrong]

    assert keys(1) == keys(1)
    assert any(keys(1) != keys(seed) for seed in range(2, 6))


@pytest.mark.parametrize("kind", ["bonds", "atoms"])
def test_functional_groups_are_those_of_another_molecule(kind):
    wrong = perturb(GRAPHS, kind, share=0.3, generator=generator())
    for graph, other in zip(GRAPHS, wrong, strict=True):
        if other is not None:
            others = [candidate.motif_features for candidate in GRAPHS if candidate is not graph]
            assert any(candidate is other.motif_features for candidate in others)


def test_functional_groups_are_left_out_where_there_is_no_other_molecule():
    wrong = perturb(GRAPHS[2:3], "bonds", share=0.3, generator=generator())
    assert wrong[0] is not None and wrong[0].motif_features is not None and len(wrong[0].motif_features) == 0


def test_one_molecule_several_times_cannot_be_shuffled():
    same = [graph_of("CCO"), graph_of("OCC")]
    assert perturb(same, "shuffle", share=0.3, generator=generator()) == [None, None]


def test_moved_bonds_stay_bonds():
    graph = GRAPHS[3]
    moved = move_bonds(graph, 0.3, random.Random(0))
    edges = [tuple(edge) for edge in moved.edge_index.tolist()]
    assert len(set(edges)) == len(edges) == len(graph.edge_index)
    assert all(source != target and (target, source) in edges for source, target in edges)
    changed = (moved.edge_index != graph.edge_index).any(1).sum()
    assert int(changed) == 2 * round(0.3 * len(edges) / 2)
    assert torch.equal(moved.edge_ids, graph.edge_ids)


def test_a_share_of_the_atoms_is_replaced_by_known_ones():
    graph, rows = GRAPHS[3], [tuple(row) for row in GRAPHS[2].node_ids.tolist()]
    changed = replace_atoms(graph, 0.3, rows, random.Random(0)).node_ids
    different = (changed != graph.node_ids).any(1)
    assert int(different.sum()) == 9
    assert all(tuple(row) in rows for row in changed[different].tolist())


def test_ethane_has_no_other_bonds():
    ethane, benzene = graph_of("CC"), graph_of("c1ccccc1")
    wrong = perturb([ethane, benzene], "bonds", share=0.3, generator=generator())
    assert wrong[0] is None and wrong[1] is not None
