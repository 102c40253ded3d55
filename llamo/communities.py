"""Communities of a graph that is no molecule, to stand where functional groups stand. Knows networkx, no model."""

from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    import torch

Method = Literal["greedy", "louvain"]


def communities(data: Any, *, method: Method = "greedy", seed: int = 0) -> "torch.Tensor":
    """The community of each node, for `data.motif_index`; edges count as undirected and alike.

    Args:
        data: a PyG `Data` with `edge_index` (2, E) and a number of nodes.
        method: `greedy` modularity (Clauset, Newman and Moore, arXiv cond-mat/0408187; always the same) or `louvain`
            (Blondel and others, arXiv 0803.0476).
        seed: of `louvain`.

    Returns:
        (N,) int64, the largest community 0.

    Raises:
        ValueError: an unknown method.
    """
    import networkx
    import torch

    if method not in get_args(Method):
        raise ValueError(f"method must be one of {', '.join(get_args(Method))}, got {method!r}")
    graph = networkx.Graph()
    graph.add_nodes_from(range(data.num_nodes))
    graph.add_edges_from(torch.as_tensor(data.edge_index).t().tolist())
    find = networkx.community
    if method == "louvain":
        found = find.louvain_communities(graph, seed=seed)
    else:
        found = find.greedy_modularity_communities(graph)
    membership = torch.empty(data.num_nodes, dtype=torch.long)
    for number, nodes in enumerate(sorted(found, key=lambda nodes: (-len(nodes), min(nodes)))):
        membership[list(nodes)] = number
    return membership
