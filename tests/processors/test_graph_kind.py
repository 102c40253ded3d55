"""Kinds of graphs: taken from a config, saved with the processor."""

import json

import pytest
from transformers import AutoProcessor

import llamo  # noqa: F401  # registers the classes
from configuration import LlamoConfig
from processors import GraphKind, LlamoFeatureExtractor, LlamoProcessor
from tests.text import byte_tokenizer
from tests.tiny import tiny_config

GRAPH = {
    "molecular": False,
    "atom_vocab_sizes": [3, 2],
    "bond_vocab_sizes": [1],
    "num_node_features": 2,
    "num_edge_features": 1,
}


def config(**projector) -> LlamoConfig:
    return tiny_config(graph=GRAPH, **{"motif_vocab_size": 8, **projector})


def test_the_kind_is_that_of_the_model():
    assert GraphKind.of(config()) == GraphKind((3, 2), (1,), 2, 1, 8)
    assert GraphKind.of(tiny_config()) is None


def test_a_processor_for_a_model_of_graphs_reads_its_kind():
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer(), config())
    assert processor.feature_extractor.graph_kind == GraphKind.of(config())
    assert processor.feature_extractor.use_motifs
    assert processor.model_input_names[-2:] == ["graph_node_features", "graph_edge_features"]
    assert not LlamoFeatureExtractor.of(config(num_motif_query_tokens=0)).use_motifs


def test_the_kind_is_saved_with_the_processor(tmp_path):
    LlamoProcessor.from_tokenizer(byte_tokenizer(), config()).save_pretrained(tmp_path)
    saved = json.loads((tmp_path / "processor_config.json").read_text())["feature_extractor"]["graph_kind"]
    assert saved["node_vocab_sizes"] == [3, 2]
    loaded = AutoProcessor.from_pretrained(tmp_path)
    assert loaded.feature_extractor.graph_kind == GraphKind.of(config())


def test_processors_of_molecules_are_saved_as_before():
    assert "graph_kind" not in LlamoFeatureExtractor().to_dict()
    assert LlamoFeatureExtractor.from_dict(LlamoFeatureExtractor().to_dict()).graph_kind is None


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ({"node_vocab_sizes": ()}, r"node_vocab_sizes must list .* \[1\] for none, got \[\]"),
        ({"edge_vocab_sizes": (3, 0)}, r"edge_vocab_sizes must list .*got \[3, 0\]"),
        ({"num_node_features": -1}, "num_node_features must be at least 0, got -1"),
        ({"motif_width": 0}, "motif_width must be at least 1, got 0"),
    ],
)
def test_kinds_that_no_graph_can_have_are_refused(field, reason):
    with pytest.raises(ValueError, match=reason):
        GraphKind(**field)
