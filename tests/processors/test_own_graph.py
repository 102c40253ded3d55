"""Graphs that are no molecules: what is read of them, and what is refused."""

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from processors import GraphError, GraphKind, LlamoDataCollator, LlamoFeatureExtractor, LlamoProcessor
from processors.own_graph import read_graph
from tests.text import byte_tokenizer

KIND = GraphKind((3, 2), (2,), num_node_features=1, num_edge_features=1, motif_width=8)
X = [[0, 1, 0.5], [2, 0, -1.5], [1, 1, 2.0]]
EDGES = [[0, 1, 1, 2], [1, 0, 2, 1]]
GRAPH = {"x": X, "edge_index": EDGES, "edge_attr": [[0, 0.1], [0, 0.1], [1, 0.2], [1, 0.2]]}
PLAIN = GraphKind()


def data(**changes) -> Data:
    return Data(**{name: torch.tensor(value) for name, value in {**GRAPH, **changes}.items()})


def test_categories_come_first_and_numbers_after_them():
    graph = read_graph(data(), KIND)
    assert graph.node_ids.tolist() == [[0, 1], [2, 0], [1, 1]] and graph.edge_ids.tolist() == [[0], [0], [1], [1]]
    assert graph.node_features is not None and graph.edge_features is not None
    assert graph.node_features.tolist() == [[0.5], [-1.5], [2.0]]
    np.testing.assert_allclose(graph.edge_features[:, 0], [0.1, 0.1, 0.2, 0.2], rtol=1e-6)
    assert graph.edge_index.tolist() == np.transpose(EDGES).tolist()


def test_a_mapping_and_a_data_are_the_same():
    one, other = read_graph(data(), KIND), read_graph(GRAPH, KIND)
    assert np.array_equal(one.node_ids, other.node_ids) and np.array_equal(one.edge_index, other.edge_index)


def test_a_graph_without_any_features_needs_its_edges_only():
    graph = read_graph(Data(edge_index=torch.tensor(EDGES), num_nodes=4), PLAIN)
    assert graph.node_ids.tolist() == [[0]] * 4 and graph.edge_ids.tolist() == [[0]] * 4
    assert graph.node_features is None and graph.edge_features is None


def test_a_graph_without_edges_is_a_graph():
    kind = GraphKind((3,), (2,), num_edge_features=1)
    graph = read_graph(Data(x=torch.tensor([[0], [2]]), edge_index=torch.empty(2, 0)), kind)
    assert graph.edge_index.shape == (0, 2) and graph.edge_ids.shape == (0, 1)
    assert graph.edge_features is not None and graph.edge_features.shape == (0, 1)


def test_one_column_may_come_flat():
    kind = GraphKind((4,), num_edge_features=1)
    graph = read_graph({"x": [1, 3], "edge_index": [[0], [1]], "edge_attr": [0.5]}, kind)
    assert graph.node_ids.tolist() == [[1], [3]]
    assert graph.edge_features is not None and graph.edge_features.tolist() == [[0.5]]


def test_rows_of_communities_count_nodes_and_edges_inside_and_average_numbers():
    graph = read_graph({**GRAPH, "motif_index": [7 - 6, 1, -1]}, KIND)
    (row,) = graph.motif_features
    nodes, edges = [1, 0, 1, 1, 1], [2, 0]  # categories 0 1 2 of one column, 0 1 of the other; edges of kind 0 and 1
    np.testing.assert_allclose(row, [*np.log1p(nodes), *np.log1p(edges), -0.5], rtol=1e-6)
    assert graph.motif_fallback is None


def test_the_order_of_nodes_does_not_change_the_rows_of_communities():
    order = [2, 0, 1]  # new number of each node
    x = [X[order.index(node)] for node in range(3)]
    moved = {**GRAPH, "x": x, "edge_index": [[order[node] for node in row] for row in EDGES]}
    one = read_graph({**GRAPH, "motif_index": [0, 1, 0]}, KIND).motif_features
    other = read_graph({**moved, "motif_index": [1, 0, 0]}, KIND).motif_features
    np.testing.assert_allclose(one, other, rtol=1e-6)


def test_motif_rows_of_the_users_own_are_taken_as_they_are():
    assert read_graph({**GRAPH, "motif": [[0.5] * 8]}, KIND).motif_features.tolist() == [[0.5] * 8]
    assert read_graph(GRAPH, KIND).motif_fallback == "it has neither motif nor motif_index"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"x": [[0, 1]] * 3}, r"x must be \(3, 3\), got \(3, 2\); give 2 categories and 1 numbers per node"),
        ({"x": None}, "it does not say how many nodes it has; give x, or num_nodes"),
        ({"x": None, "num_nodes": 3}, "x is missing; give 2 categories and 1 numbers per node"),
        ({"x": []}, "it has no nodes"),
        ({"x": None, "num_nodes": -1}, "it has no nodes"),
        ({"x": None, "num_nodes": []}, "num_nodes must be one number, got 0"),
        ({"x": None, "num_nodes": 2.5}, "num_nodes holds numbers that are no integers"),
        ({"x": 3.0}, "edge 0 joins 0 and 1, nodes are 0 to 0"),
        ({"x": [[0, 1, 0.5], [3, 0, 0], [1, 1, 0]]}, "column 0 of x must be 0 to 2, got 3 at node 1; correct it, or"),
        ({"x": [[0, 1, 0.5], [1, 0.5, 0], [1, 1, 0]]}, "column 1 of x must be 0 to 1, got 0.5 at node 1"),
        ({"x": [[0, -1, 0.5], [1, 0, 0], [1, 1, 0]]}, "column 1 of x must be 0 to 1, got -1 at node 0"),
        ({"x": [[0, 1, 0.5], [1, 0, float("nan")], [1, 1, 0]]}, "column 2 of x is nan at node 1; give finite numbers"),
        ({"x": [[0, 1, 1e300], [1, 0, 0], [1, 1, 0]]}, r"column 2 of x is 1e\+300 at node 0"),
        ({"x": [["a"] * 3] * 3}, "x is no table of numbers"),
        ({"edge_index": None}, "edge_index is missing"),
        ({"edge_index": [[0, 1], [1, 0], [1, 2]]}, r"edge_index must be \(2, E\), got \(3, 2\)"),
        ({"edge_index": [[0, 1, 1, 3], [1, 0, 2, 1]]}, "edge 3 joins 3 and 1, nodes are 0 to 2; count from 0"),
        ({"edge_index": [[0, 1, 1, -1], [1, 0, 2, 1]]}, "edge 3 joins -1 and 1"),
        ({"edge_index": [[0, 1, 1, 0.5], [1, 0, 2, 1]]}, "edge_index holds numbers that are no integers"),
        ({"edge_attr": [[0, 0.1]] * 3}, r"edge_attr must be \(4, 2\), got \(3, 2\)"),
        ({"edge_attr": None}, "edge_attr is missing; give 1 categories and 1 numbers per edge"),
        ({"edge_attr": [[0, 0.1]] * 3 + [[2, 0]]}, "column 0 of edge_attr must be 0 to 1, got 2 at edge 3"),
        ({"motif_index": [0, 1]}, r"motif_index must be \(3,\), got \(2,\)"),
        (
            {"motif_index": [0, 1, 3]},
            "motif_index is 3 at node 2, motifs of 3 nodes are 0 to 2; count from 0; -1 is no",
        ),
        ({"motif_index": [0, -2, 0]}, "motif_index is -2 at node 1"),
        ({"motif_index": [0, 0, 0], "motif": [[0] * 8]}, "it has both motif and motif_index"),
        ({"motif": [[0] * 7]}, r"motif must be \(M, 8\), got \(1, 7\); set projector_config.motif_vocab_size"),
        ({"motif": [[0] * 7 + [float("inf")]]}, "motif 0 has a number that is not finite"),
        ({"text": 3}, "text is a int"),
        ({"edge_weight": [1.0]}, "it has the unknown keys edge_weight"),
    ],
)
def test_a_wrong_graph_is_refused_with_row_and_remedy(change, reason):
    with pytest.raises(GraphError, match=f"^row 1: cannot read graph a dict: .*{reason}"):
        LlamoFeatureExtractor(graph_kind=KIND)([GRAPH, {**GRAPH, **change}])


def test_communities_need_rows_as_wide_as_the_model_reads():
    kind = GraphKind((3,), motif_width=73)
    with pytest.raises(
        GraphError, match=r"have 4 numbers, the model reads 73; set projector_config.motif_vocab_size=4"
    ):
        read_graph({"x": [0, 1], "edge_index": [[0], [1]], "motif_index": [0, 0]}, kind)


def test_motifs_that_are_off_are_not_read():
    kind = GraphKind((3,), motif_width=73)
    graph = {"x": [0, 1], "edge_index": [[0], [1]], "motif_index": [0, 0]}
    assert LlamoFeatureExtractor(graph_kind=kind, use_motifs=False)(graph)["graph_motif_features"].shape == (0, 73)


def test_features_that_the_kind_does_not_have_are_not_dropped():
    with pytest.raises(
        GraphError, match=r"x must be \(2, 0\), got \(2, 3\); leave it out, or state its columns in graph"
    ):
        read_graph(Data(x=torch.rand(2, 3), edge_index=torch.empty(2, 0)), PLAIN)


def test_a_processor_of_graphs_takes_no_molecules():
    with pytest.raises(GraphError, match=r"row 0: cannot read graph 'CCO': .*no molecules; pass a PyG Data"):
        LlamoFeatureExtractor(graph_kind=KIND)(["CCO"])


def test_max_atoms_bounds_nodes():
    with pytest.raises(GraphError, match="it has 3 nodes, max_atoms is 2; raise max_atoms"):
        LlamoFeatureExtractor(graph_kind=KIND, max_atoms=2).featurize(GRAPH)


def test_the_collator_packs_what_a_call_packs():
    processor = LlamoProcessor(LlamoFeatureExtractor(graph_kind=KIND), byte_tokenizer())
    graphs = [data(), Data(x=torch.tensor([[0, 0, 1.0]]), edge_index=torch.empty(2, 0))]
    messages = [processor.conversation(graph, "Is there a cycle?", "no") for graph in graphs]
    batch = LlamoDataCollator(processor)([processor.encode_conversation(one) for one in messages])
    for name, tensor in processor.feature_extractor(graphs, return_tensors="pt").items():
        assert torch.equal(batch[name], tensor), name
    assert set(processor.feature_extractor.model_input_names) <= set(batch)


def test_a_graphs_text_stands_in_front_of_it():
    processor = LlamoProcessor(LlamoFeatureExtractor(graph_kind=PLAIN), byte_tokenizer(), num_graph_tokens=2)
    graph = Data(edge_index=torch.empty(2, 0), num_nodes=1, text="0-1")
    for include, text in ((True, "0-1<graph><graph>"), (False, "<graph><graph>")):
        processor.include_smiles = include
        assert text in processor.decode(processor(graph, "?")["input_ids"][0]).replace(" ", "")
