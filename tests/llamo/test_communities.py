"""Communities of graphs."""

import pytest
import torch
from torch_geometric.data import Data

from llamo.communities import communities

# Two triangles and a bridge, and a node alone.
PAIRS = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5), (2, 3)]
GRAPH = Data(edge_index=torch.tensor([pair for one in PAIRS for pair in (one, one[::-1])]).t(), num_nodes=7)


@pytest.mark.parametrize("method", ["greedy", "louvain"])
def test_triangles_joined_by_a_bridge_are_two_communities(method):
    assert communities(GRAPH, method=method).tolist() == [0, 0, 0, 1, 1, 1, 2]


def test_without_edges_every_node_is_its_own():
    assert communities(Data(edge_index=torch.empty(2, 0, dtype=torch.long), num_nodes=3)).tolist() == [0, 1, 2]


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="method must be one of greedy, louvain, got 'best'"):
        communities(GRAPH, method="best")  # pyright: ignore[reportArgumentType]
