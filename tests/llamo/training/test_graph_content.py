"""Molecules by content, and exchanges in which none gets its own."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from llamo.training.batch_graphs import SingleGraph
from llamo.training.graph_content import content_key, partners
from processors import LlamoFeatureExtractor
from tests.llamo.training.batches import generator


def graph_of(smiles: str) -> SingleGraph:
    made = LlamoFeatureExtractor().featurize(smiles)
    return SingleGraph(*(torch.from_numpy(array.copy()) for array in (made.node_ids, made.edge_index, made.edge_ids)))


def test_a_molecule_written_in_two_ways_is_the_same():
    for one, other in [("CCO", "OCC"), ("Cc1ccccc1O", "Oc1ccccc1C"), ("CC(=O)NC", "CNC(C)=O")]:
        assert content_key(graph_of(one)) == content_key(graph_of(other))


def test_isomers_differ():
    keys = {content_key(graph_of(smiles)) for smiles in ("CCCCO", "CCC(C)O", "CC(C)CO", "CCOCC", "COCCC", "CC(C)(C)O")}
    assert len(keys) == 6


def test_molecules_without_bonds_have_keys():
    assert content_key(graph_of("C")) != content_key(graph_of("N"))


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(0, 99))
def test_nobody_gets_its_own(keys, seed):
    given_to = partners(keys, generator(seed))
    for item, other in enumerate(given_to):
        assert (other is None) == (len(set(keys)) == 1)
        assert other is None or keys[other] != keys[item]


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(0, 99))
def test_each_is_used_once_where_that_is_possible(keys, seed):
    given_to = partners(keys, generator(seed))
    if 2 * max(map(keys.count, keys), default=0) <= len(keys):
        assert sorted(given_to) == list(range(len(keys)))


def test_the_seed_decides():
    keys = list(range(20))
    assert partners(keys, generator(1)) == partners(keys, generator(1)) != partners(keys, generator(2))
