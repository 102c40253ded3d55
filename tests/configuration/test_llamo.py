"""Claims about LlamoConfig and its parts."""

import pytest
from transformers import LlamaConfig

from configuration import LlamoConfig, LlamoGraphConfig, LlamoProjectorConfig


def test_defaults_are_the_papers():
    config = LlamoConfig()
    assert (config.graph_config.hidden_size, config.graph_config.num_hidden_layers) == (300, 5)
    assert config.graph_config.atom_vocab_sizes == [119, 4, 12, 12, 10, 6, 6, 2, 2]
    assert config.projector_config.projector_type == "multi_level"
    assert not config.projector_config.share_attention
    assert config.projector_config.motif_position == "last"
    assert config.num_graph_tokens == 28
    assert (config.text_config.model_type, config.text_config.hidden_size) == ("llama", 4096)


def test_json_round_trip_is_exact(tmp_path):
    config = LlamoConfig(
        graph_config={"hidden_size": 64, "num_hidden_layers": 3},
        projector_config={"projector_type": "mlp_concat", "encoder_layers": [0, -1]},
        text_config=LlamaConfig(vocab_size=500, hidden_size=64, tie_word_embeddings=True),
        graph_token_id=499,
    )
    config.save_pretrained(tmp_path)
    loaded = LlamoConfig.from_pretrained(tmp_path)
    assert loaded.to_dict() == config.to_dict()
    assert loaded.tie_word_embeddings
    assert isinstance(loaded.graph_config, LlamoGraphConfig)


def test_released_preset_shares_attention_and_puts_motifs_first():
    config = LlamoConfig.released(text_config={"model_type": "llama", "vocab_size": 40000})
    assert config.projector_config.share_attention
    assert config.projector_config.motif_position == "first"
    assert config.num_graph_tokens == 28


@pytest.mark.parametrize(
    ("projector", "expected"),
    [
        ({}, 4 * 3 + 4),
        ({"num_motif_query_tokens": 0}, 12),
        ({"num_query_tokens": 7}, 25),
        ({"projector_type": "resampler", "num_query_tokens": 9}, 9),
        ({"projector_type": "qformer", "num_query_tokens": 8}, 8),
        ({"projector_type": "mlp"}, None),
        ({"projector_type": "mlp_concat", "pooling": "mean"}, 1),
    ],
)
def test_number_of_graph_tokens_follows_from_the_config(projector, expected):
    config = LlamoConfig(graph_config={"num_hidden_layers": 2}, projector_config=projector)
    assert config.num_graph_tokens == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"graph_token_id": 40000}, "outside the vocabulary of 32002"),
        ({"graph_config": {"hidden_size": 301}}, "must be a multiple of"),
        ({"projector_config": {"projector_type": "mlp", "encoder_layers": 9}}, "levels 0 to 5"),
        ({"projector_config": {"projector_type": "mlp", "encoder_layers": [1, 2]}}, "reads one encoder layer"),
        ({"projector_config": {"encoder_layers": [1]}}, "reads every level"),
        ({"projector_config": {"pooling": "mean"}}, "no meaning"),
        ({"projector_config": {"num_query_tokens": 0}}, "at least 1"),
        ({"projector_config": {"projector_type": "qformer", "hidden_size": 30}}, "multiple of num_attention_heads"),
        ({"graph_config": {"dropout": 1.5}}, r"in \[0, 1\)"),
        ({"graph_config": {"atom_vocab_sizes": []}}, "at least one table"),
        ({"graph_config": {"gin_variant": "graphcl", "self_loop_bond_type": 5}}, "bond type table, 0 to 4, got 5"),
        ({"graph_config": {"gin_variant": "graphcl", "self_loop_bond_type": -1}}, "bond type table, 0 to 4, got -1"),
        ({"graph_config": {"self_loop_bond_type": 0}}, "no meaning for gin_variant 'moleculestm'"),
    ],
)
def test_impossible_combinations_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        LlamoConfig(**options)


def test_unknown_projector_type_is_refused_with_the_known_ones():
    with pytest.raises(Exception, match="multi_level"):
        LlamoProjectorConfig(projector_type="linear")  # pyright: ignore[reportArgumentType]


def test_unknown_gin_variant_is_refused_with_the_known_ones():
    with pytest.raises(Exception, match=r"moleculestm.*graphcl"):
        LlamoGraphConfig(gin_variant="gat")  # pyright: ignore[reportArgumentType]


def test_graphcl_preset_has_that_encoders_tables_and_self_loop():
    config = LlamoGraphConfig.graphcl()
    assert (config.gin_variant, config.self_loop_bond_type) == ("graphcl", 4)
    assert (config.atom_vocab_sizes, config.bond_vocab_sizes) == ([120, 3], [6, 3])
    assert (config.hidden_size, config.intermediate_size, config.num_hidden_layers) == (300, 600, 5)


def test_the_gin_variant_survives_json(tmp_path):
    config = LlamoConfig(graph_config=LlamoGraphConfig.graphcl(self_loop_bond_type=0))
    config.save_pretrained(tmp_path)
    loaded = LlamoConfig.from_pretrained(tmp_path)
    assert loaded.to_dict() == config.to_dict()
    assert (loaded.graph_config.gin_variant, loaded.graph_config.self_loop_bond_type) == ("graphcl", 0)


def test_a_config_written_before_there_were_variants_is_moleculestms():
    options = LlamoGraphConfig().to_dict()
    del options["gin_variant"], options["self_loop_bond_type"]
    assert LlamoGraphConfig.from_dict(options).gin_variant == "moleculestm"


def test_configs_saved_before_there_were_other_graphs_mean_molecules():
    saved = LlamoGraphConfig().to_dict()
    for name in ("molecular", "num_node_features", "num_edge_features"):
        del saved[name]
    assert LlamoGraphConfig.from_dict(saved).to_dict() == LlamoGraphConfig().to_dict()
    assert LlamoGraphConfig().molecular


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"num_node_features": 3}, "num_node_features=3 needs molecular=False"),
        ({"num_edge_features": -1, "molecular": False}, "num_edge_features must not be negative, got -1"),
    ],
)
def test_continuous_numbers_are_those_of_other_graphs(options, reason):
    with pytest.raises(ValueError, match=reason):
        LlamoGraphConfig(**options)
