"""Encoders in GraphCL's layout: they compute what a plain loop computes, survive, and what does not fit is named."""

import pytest
import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from configuration import LlamoGraphConfig
from modeling_llamo import LlamoForConditionalGeneration, LlamoGraphEncoder
from modeling_llamo.graphcl import translate
from tests.tiny import TEXT_CONFIG, prompt_rows, random_graphs, select_graphs, tiny_config

WIDTH, LAYERS = 8, 3
SIZES = [5, 1, 9]


def checkpoint(prefix: str = "", *, seed: int = 0) -> dict[str, torch.Tensor]:
    """Random weights under GraphCL's names."""
    generator = torch.Generator().manual_seed(seed)

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator) / 2

    weights = {"x_embedding1.weight": random(120, WIDTH), "x_embedding2.weight": random(3, WIDTH)}
    for layer in range(LAYERS):
        weights |= {
            f"gnns.{layer}.mlp.0.weight": random(2 * WIDTH, WIDTH),
            f"gnns.{layer}.mlp.0.bias": random(2 * WIDTH),
            f"gnns.{layer}.mlp.2.weight": random(WIDTH, 2 * WIDTH),
            f"gnns.{layer}.mlp.2.bias": random(WIDTH),
            f"gnns.{layer}.edge_embedding1.weight": random(6, WIDTH),
            f"gnns.{layer}.edge_embedding2.weight": random(3, WIDTH),
            f"batch_norms.{layer}.weight": 1 + random(WIDTH),
            f"batch_norms.{layer}.bias": random(WIDTH),
            f"batch_norms.{layer}.running_mean": random(WIDTH),
            f"batch_norms.{layer}.running_var": 0.5 + random(WIDTH).abs(),
            f"batch_norms.{layer}.num_batches_tracked": torch.tensor(7),
        }
    return {prefix + name: tensor for name, tensor in weights.items()}


def heads() -> dict[str, torch.Tensor]:
    """What such files hold besides the encoder."""
    names = ("projection_head.0.weight", "graph_pred_linear.bias", "pool.gate_nn.weight")
    return {name: torch.ones(2) for name in names}


def graphs() -> dict[str, torch.Tensor]:
    return {name: value for name, value in random_graphs(SIZES).items() if "motif" not in name}


def reference(weights: dict, packed: dict[str, torch.Tensor], self_loop_bond_type: int) -> list[torch.Tensor]:
    """Node states of every level, one atom and one edge at a time, self-loops as edges; all molecules one graph."""
    nodes, first = packed["graph_node_ids"].tolist(), 0
    edges, rows = [], iter(packed["graph_edge_index"].tolist())
    for num_atoms, num_edges in zip(
        packed["graph_node_counts"].tolist(), packed["graph_edge_counts"].tolist(), strict=True
    ):
        edges += [(first + source, first + target) for source, target in (next(rows) for _ in range(num_edges))]
        first += num_atoms
    features = [(kind, stereo if stereo < 3 else 0) for kind, stereo, _ in packed["graph_edge_ids"].tolist()]
    edges += [(atom, atom) for atom in range(len(nodes))]
    features += [(self_loop_bond_type, 0)] * len(nodes)
    element, chirality = weights["x_embedding1.weight"], weights["x_embedding2.weight"]
    levels = [torch.stack([element[node[0]] + chirality[node[1] if node[1] < 3 else 0] for node in nodes])]
    for layer in range(LAYERS):
        levels.append(reference_layer(weights, layer, levels[-1], edges, features))
    return levels


def reference_layer(weights: dict, layer: int, old: torch.Tensor, edges: list, features: list) -> torch.Tensor:
    own = {name.removeprefix(f"gnns.{layer}."): tensor for name, tensor in weights.items()}
    norm = {name.removeprefix(f"batch_norms.{layer}."): tensor for name, tensor in weights.items()}
    rows = []
    for atom in range(len(old)):
        total = torch.zeros(WIDTH)
        for (source, target), (kind, direction) in zip(edges, features, strict=True):
            if target == atom:
                bond = own["edge_embedding1.weight"][kind] + own["edge_embedding2.weight"][direction]
                total = total + old[source] + bond
        inner = torch.clamp(own["mlp.0.weight"] @ total + own["mlp.0.bias"], min=0)
        outer = own["mlp.2.weight"] @ inner + own["mlp.2.bias"]
        scaled = (outer - norm["running_mean"]) / torch.sqrt(norm["running_var"] + 1e-5)
        rows.append(scaled * norm["weight"] + norm["bias"])
    new = torch.stack(rows)
    return new if layer == LAYERS - 1 else torch.clamp(new, min=0)


def load(tmp_path, weights: dict, **options) -> LlamoGraphEncoder:
    torch.save(weights, tmp_path / "graphcl.pth")
    return LlamoGraphEncoder.from_graphcl(tmp_path / "graphcl.pth", **options)


def assert_same_levels(encoder: LlamoGraphEncoder, levels: list[torch.Tensor], packed: dict[str, torch.Tensor]):
    with torch.no_grad():
        states = encoder(**packed).hidden_states
    assert len(states) == len(levels) == LAYERS + 1
    for ours, theirs in zip(states, levels, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("prefix", ["", "gnn.", "model.graph_encoder."])
@pytest.mark.parametrize("self_loop_bond_type", [4, 0])
def test_node_states_equal_a_plain_loop_with_self_loop_edges(tmp_path, prefix, self_loop_bond_type):
    weights = checkpoint(prefix) | (heads() if prefix else {})
    encoder = load(tmp_path, weights, self_loop_bond_type=self_loop_bond_type)
    packed = graphs()
    assert (packed["graph_node_ids"][:, 1] == 3).any() and (packed["graph_edge_ids"][:, 1] > 2).any()
    assert_same_levels(encoder, reference(checkpoint(), packed, self_loop_bond_type), packed)


def test_the_self_loop_of_the_pre_training_is_the_default(tmp_path):
    encoder = load(tmp_path, checkpoint())
    assert not encoder.training
    assert (encoder.config.gin_variant, encoder.config.self_loop_bond_type) == ("graphcl", 4)
    assert (encoder.config.atom_vocab_sizes, encoder.config.bond_vocab_sizes) == ([120, 3], [6, 3])
    assert_same_levels(encoder, reference(checkpoint(), graphs(), 4), graphs())


@pytest.mark.parametrize("kind", ["safetensors", "lightning", "old"])
def test_weights_arrive_whatever_the_container(tmp_path, kind):
    path, weights = tmp_path / f"encoder.{'safetensors' if kind == 'safetensors' else 'pth'}", checkpoint("gnn.")
    if kind == "safetensors":
        save_file(weights, path)
    elif kind == "lightning":
        torch.save({"epoch": 80, "state_dict": weights}, path)
    else:  # what PyTorch wrote when such files were made
        torch.save(weights, path, _use_new_zipfile_serialization=False)
    loaded = LlamoGraphEncoder.from_graphcl(path).state_dict()
    assert {"gnn." + str(translate(name, reverse=True)) for name in loaded} == weights.keys()
    for name, tensor in loaded.items():
        assert torch.equal(tensor, weights["gnn." + str(translate(name, reverse=True))]), name


def test_a_batch_equals_its_molecules_one_by_one(tmp_path):
    encoder, packed = load(tmp_path, checkpoint()), random_graphs(SIZES)
    single = [select_graphs(packed, [graph]) for graph in range(len(SIZES))]
    together = encoder(**packed).last_hidden_state
    apart = torch.cat([encoder(**graph).last_hidden_state for graph in single])
    torch.testing.assert_close(together, apart)


def test_values_without_a_row_read_unspecified(tmp_path):
    encoder, packed = load(tmp_path, checkpoint()), graphs()
    plain = {name: value.clone() for name, value in packed.items()}
    for name in ("graph_node_ids", "graph_edge_ids"):
        plain[name][:, 1] = packed[name][:, 1].where(packed[name][:, 1] < 3, 0)
    assert not torch.equal(plain["graph_node_ids"], packed["graph_node_ids"])
    assert torch.equal(encoder(**packed).last_hidden_state, encoder(**plain).last_hidden_state)


def test_no_value_is_asked_from_the_device(tmp_path):
    encoder = load(tmp_path, checkpoint())
    torch.nn.Module.to(encoder, "meta")  # a device whose tensors have no values
    packed = {name: value.to("meta") for name, value in graphs().items()}
    assert encoder(**packed).last_hidden_state.shape == (sum(SIZES), WIDTH)


@pytest.mark.parametrize(("name", "column", "value"), [("node", 0, 120), ("node", 1, -1), ("edge", 0, 6)])
def test_values_that_no_molecule_has_stay_errors(tmp_path, name, column, value):
    encoder, packed = load(tmp_path, checkpoint()), graphs()
    packed[f"graph_{name}_ids"][0, column] = value
    with pytest.raises(IndexError):
        encoder(**packed)


def test_the_other_variant_still_refuses_values_beyond_its_tables():
    encoder, packed = LlamoGraphEncoder(LlamoGraphConfig(hidden_size=8)), graphs()
    packed["graph_node_ids"][0, 1] = 4
    with pytest.raises(IndexError):
        encoder(**packed)


@pytest.mark.parametrize("self_loop_bond_type", [4, 0])
def test_saved_and_reloaded_is_the_same_encoder(tmp_path, self_loop_bond_type):
    encoder = load(tmp_path, checkpoint(), self_loop_bond_type=self_loop_bond_type)
    encoder.save_pretrained(tmp_path / "encoder")
    again = LlamoGraphEncoder.from_pretrained(tmp_path / "encoder")
    assert (again.config.gin_variant, again.config.self_loop_bond_type) == ("graphcl", self_loop_bond_type)
    assert torch.equal(again(**graphs()).last_hidden_state, encoder(**graphs()).last_hidden_state)


def test_weights_survive_becoming_part_of_a_model_saving_and_loading(tmp_path):
    encoder, packed = load(tmp_path, checkpoint(), self_loop_bond_type=0), random_graphs(SIZES)
    levels = reference(checkpoint(), packed, 0)
    text_model = AutoModelForCausalLM.from_config(tiny_config(text=TEXT_CONFIG).text_config)
    model = LlamoForConditionalGeneration.from_components(text_model, encoder, {"mlp_depth": 1}).eval()
    model.save_pretrained(tmp_path / "model")
    again = LlamoForConditionalGeneration.from_pretrained(tmp_path / "model")
    alone = LlamoGraphEncoder.from_pretrained(tmp_path / "model")
    for survivor in (model.model.graph_encoder, again.model.graph_encoder, alone):
        assert_same_levels(survivor, levels, packed)
    inputs = prompt_rows(model.config, [[0, 1], [2]], SIZES) | packed
    with torch.no_grad():
        assert torch.equal(again(**inputs).logits, model(**inputs).logits)


def test_every_weight_that_the_molecules_reach_is_trained(tmp_path):
    encoder = load(tmp_path, checkpoint()).train()
    encoder(**graphs()).last_hidden_state.square().sum().backward()
    assert [name for name, weight in encoder.named_parameters() if weight.grad is None] == []
    assert encoder.state_dict()["layers.0.norm.num_batches_tracked"] == 8


def test_a_self_loop_row_is_trained_by_atoms_without_bonds(tmp_path):
    encoder = load(tmp_path, checkpoint())
    encoder(**select_graphs(random_graphs(SIZES), [1])).last_hidden_state.sum().backward()
    rows = encoder.get_parameter("layers.2.bond_embedding.tables.0.weight").grad
    assert rows is not None
    assert rows.any(1).tolist() == [False, False, False, False, True, False]


def test_frozen_statistics_do_not_drift_in_training(tmp_path):
    encoder = load(tmp_path, checkpoint()).requires_grad_(False).train()
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    encoder(**graphs())
    assert not encoder.training
    assert all(torch.equal(encoder.state_dict()[name], tensor) for name, tensor in before.items())


def test_dropout_follows_a_layer_in_training():
    encoder = LlamoGraphEncoder(LlamoGraphConfig.graphcl(hidden_size=WIDTH, num_hidden_layers=1, dropout=0.5)).train()
    torch.manual_seed(0)
    level = encoder(**graphs()).last_hidden_state
    assert 0.2 < (level == 0).float().mean() < 0.8


def changed(**replaced) -> dict[str, torch.Tensor]:
    """A good file with some tensors replaced, or left out for None; __ stands for a dot."""
    weights = checkpoint("gnn.") | {f"gnn.{name.replace('__', '.')}": value for name, value in replaced.items()}
    return {name: tensor for name, tensor in weights.items() if tensor is not None}


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (changed(gnns__1__mlp__2__bias=None), r"lacks tensors.*gnns\.1\.mlp\.2\.bias -> layers\.1\.down_proj\.bias"),
        (changed(x_embedding2__weight=None), r"lacks tensors: x_embedding2\.weight"),
        (changed(gnns__0__edge_embedding2__weight=None), r"lacks tensors: gnns\.0\.edge_embedding2\.weight"),
        (changed(gnns__0__mlp__0__weight=None), r"lacks tensors: gnns\.0\.mlp\.0\.weight"),
        (
            changed(gnns__2__edge_embedding2__weight=torch.zeros(4, WIDTH)),
            r"gnns\.2\.edge_embedding2\.weight -> .* has shape \(4, 8\), expected \(3, 8\)",
        ),
        (
            changed(x_embedding2__weight=torch.zeros(3)),
            r"x_embedding2\.weight -> .* has shape \(3,\), expected a matrix",
        ),
        (changed(gnns__1__eps=torch.zeros(1)), r"without a place.*gnn\.gnns\.1\.eps"),
        (changed(gnns__1__mlp__0__mask=torch.zeros(1)), r"without a place.*gnns\.1\.mlp\.0\.mask"),
        (changed(gnns__7__mlp__0__bias=torch.zeros(16)), r"lacks tensors.*layers\.3\.norm"),
        (checkpoint() | heads(), r"without a place.*graph_pred_linear\.bias, pool\.gate_nn\.weight, projection_head"),
        (changed(x_embedding1__weight=torch.zeros(100, WIDTH)), r"x_embedding1\.weight -> .* 100 rows, expected.* 119"),
        (changed(gnns__0__edge_embedding1__weight=torch.zeros(4, WIDTH)), r"edge_embedding1.* 4 rows, expected.* 5"),
        (checkpoint("one.") | checkpoint("two."), r"2 GraphCL encoders, under \['one\.', 'two\.'\]"),
        ({"x": torch.zeros(1)}, "no GraphCL encoder"),
        ([torch.zeros(1)], "holds no state dict: expected names and tensors"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, weights, message):
    with pytest.raises(ValueError, match=message):
        load(tmp_path, weights)


@pytest.mark.parametrize("self_loop_bond_type", [-1, 6])
def test_a_self_loop_without_a_row_is_refused(tmp_path, self_loop_bond_type):
    with pytest.raises(ValueError, match=f"row of the bond type table, 0 to 5, got {self_loop_bond_type}"):
        load(tmp_path, checkpoint(), self_loop_bond_type=self_loop_bond_type)


def test_pickles_that_run_code_are_refused(tmp_path, capsys):
    class Trap:
        def __reduce__(self):
            return (print, ("the trap ran",))

    with pytest.raises(ValueError, match="more than tensors"):
        load(tmp_path, {**checkpoint(), "x": Trap()})
    assert "the trap ran" not in capsys.readouterr().out
