"""Answers and forms of a graph."""

import networkx

from llamo.analysis.graphs.questions import answers, to_data, to_text
from llamo.analysis.graphs.samples import Sample

# A triangle with a tail, and a node alone.
GRAPH = networkx.Graph([(0, 1), (1, 2), (0, 2), (2, 3)])
GRAPH.add_node(4)
NAMES = (30, 31, 32, 33, 34)


def test_answers_are_true():
    far = {"connected": "yes", "cycle": "yes", "degree": "1", "nodes": "5", "path": "2"}
    assert answers(Sample(GRAPH, (3, 0), NAMES, "")) == far
    apart = answers(Sample(GRAPH, (0, 4), NAMES, ""))
    assert apart["connected"] == "no" and "path" not in apart
    assert answers(Sample(networkx.path_graph(3), (0, 1), (1, 2, 3), ""))["cycle"] == "no"


def test_the_text_names_marked_nodes_edges_and_nodes_alone():
    text = to_text(Sample(GRAPH, (3, 0), NAMES, ""))
    assert text.startswith("marked 33 30 edges ") and text.endswith(" alone 34")
    edges = text.removeprefix("marked 33 30 edges ").removesuffix(" alone 34").split()
    assert {frozenset(map(int, edge.split("-"))) for edge in edges} == {
        frozenset((NAMES[a], NAMES[b])) for a, b in GRAPH.edges
    }


def test_the_graph_form_marks_nodes_and_has_every_edge_twice():
    data = to_data(Sample(GRAPH, (3, 0), NAMES, ""))
    assert data.x is not None and data.edge_index is not None
    assert data.x[:, 0].tolist() == [2, 0, 0, 1, 0]
    assert data.edge_index.shape == (2, 8) and len(data.motif_index) == 5
