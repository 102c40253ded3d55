"""Graphs to ask about."""

import networkx

from llamo.analysis.graphs.samples import LARGEST, NAMES, NETWORKS, SMALLEST, Sample, real, synthetic


def test_the_same_seed_draws_the_same_graphs():
    one, other = (list(synthetic(5, seed=3)) for _ in range(2))
    assert [sample.key() for sample in one] == [sample.key() for sample in other]
    assert [sample.names for sample in one] != [sample.names for sample in synthetic(5, seed=4)]


def test_graphs_have_5_to_30_nodes_numbered_from_0_and_names_of_their_own():
    for sample in [*synthetic(40, seed=0), *real(2, seed=0)]:
        assert sorted(sample.graph) == list(range(sample.size)) and SMALLEST <= sample.size <= LARGEST
        assert len(set(sample.names)) == sample.size and set(sample.names) <= set(range(NAMES))
        assert len(set(sample.marked) & set(sample.graph)) == 2


def test_about_half_have_a_cycle_and_half_of_the_pairs_are_connected():
    drawn = list(synthetic(200, seed=1))
    assert 70 < sum(bool(networkx.cycle_basis(sample.graph)) for sample in drawn) < 130
    assert 70 < sum(networkx.has_path(sample.graph, *sample.marked) for sample in drawn) < 130


def test_every_network_is_drawn_from():
    assert len({sample.source for sample in real(1, seed=0)}) == len(NETWORKS)


def test_the_key_is_that_of_the_graph_and_not_of_its_numbering():
    path = networkx.path_graph(5)
    turned = networkx.relabel_nodes(path, {node: 4 - node for node in path})
    names = (0, 1, 2, 3, 4)
    assert Sample(path, (0, 1), names, "").key() == Sample(turned, (4, 3), names, "").key()
    assert Sample(path, (0, 1), names, "").key() != Sample(path, (0, 2), names, "").key()
