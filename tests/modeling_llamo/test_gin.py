"""The encoder's short cuts change nothing: folded BatchNorm, summed embeddings, tensors written over."""

import copy

import pytest
import torch
from torch import nn

from benchmarks.reference_gin import plain_gin
from configuration import LlamoGraphConfig
from modeling_llamo import LlamoGraphEncoder, gin
from modeling_llamo.gin import FeatureEmbedding
from modeling_llamo.packing import GraphBatch
from tests.tiny import random_graphs, select_graphs, tiny_batch, tiny_model

SIZES = [5, 37, 1, 20]  # more atoms than either width, so that eval mode folds
WIDTH = 16


def make_encoder(**options) -> LlamoGraphEncoder:
    torch.manual_seed(0)
    encoder = LlamoGraphEncoder(LlamoGraphConfig(hidden_size=WIDTH, num_hidden_layers=3, **options)).eval()
    for norm in encoder.modules():
        if isinstance(norm, nn.BatchNorm1d):
            assert norm.running_mean is not None and norm.running_var is not None
            norm.running_mean.normal_(std=0.3)
            norm.running_var.uniform_(0.5, 1.5)
            nn.init.normal_(norm.weight, mean=1.0, std=0.3)
            nn.init.normal_(norm.bias, std=0.3)
    for layer in encoder.layers:
        nn.init.normal_(layer.eps, std=0.3)
    return encoder


def make_graphs(sizes: list[int] | None = None) -> GraphBatch:
    graphs = random_graphs(SIZES if sizes is None else sizes)
    return GraphBatch(**{name.removeprefix("graph_"): tensor for name, tensor in graphs.items()})


def gradients(module: nn.Module, levels) -> dict[str, torch.Tensor]:
    module.zero_grad()
    sum(level.square().sum() for level in levels).backward()
    return {name: weight.grad.clone() for name, weight in module.named_parameters() if weight.grad is not None}


def count_calls(module: nn.Module, monkeypatch) -> list[int]:
    calls, forward = [], type(module).forward
    monkeypatch.setattr(type(module), "forward", lambda self, rows: calls.append(1) or forward(self, rows))
    return calls


@pytest.mark.parametrize("training", [False, True], ids=["eval", "training"])
def test_states_gradients_and_statistics_are_those_of_the_plain_loop(training):
    encoder, graphs = make_encoder().train(training), make_graphs()
    plain = copy.deepcopy(encoder)
    levels, expected = encoder.encode(graphs).hidden_states, plain_gin(plain, graphs)
    for found, wanted in zip(levels, expected, strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-5)
    found, wanted = gradients(encoder, levels), gradients(plain, expected)
    assert found.keys() == wanted.keys() == dict(encoder.named_parameters()).keys()
    largest = max(float(gradient.abs().max()) for gradient in wanted.values())
    for name in wanted:
        torch.testing.assert_close(found[name], wanted[name], atol=1e-5 * largest, rtol=1e-4, msg=name)
    for name, buffer in plain.named_buffers():
        torch.testing.assert_close(encoder.get_buffer(name), buffer, msg=name)


def test_batch_norm_is_folded_in_eval_mode_only(monkeypatch):
    encoder, graphs = make_encoder(), make_graphs()
    calls = count_calls(encoder.layers[0].norm, monkeypatch)
    encoder.encode(graphs)
    assert not calls
    encoder.train().encode(graphs)
    assert len(calls) == 6


def test_few_atoms_are_not_worth_folding_and_give_the_same(monkeypatch):
    encoder = make_encoder()
    together = encoder.encode(make_graphs()).last_hidden_state[:5]
    calls = count_calls(encoder.layers[0].norm, monkeypatch)
    first = GraphBatch(
        **{name.removeprefix("graph_"): tensor for name, tensor in select_graphs(random_graphs(SIZES), [0]).items()}
    )
    alone = encoder.encode(first).last_hidden_state
    assert len(calls) == 6
    torch.testing.assert_close(alone, together, atol=1e-5, rtol=1e-5)


def test_folding_leaves_no_state_behind():
    encoder, graphs = make_encoder(), make_graphs()
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    encoder.encode(graphs)
    assert before.keys() == encoder.state_dict().keys()
    assert all(torch.equal(before[name], tensor) for name, tensor in encoder.state_dict().items())


@pytest.mark.parametrize("way", ["in place", "through data", "loaded"])
def test_weights_that_change_are_seen_at_once(way):
    encoder, other, graphs = make_encoder(), make_encoder(), make_graphs()
    encoder.encode(graphs)
    for name, tensor in other.state_dict().items():
        if "norm" in name and tensor.is_floating_point():
            tensor.mul_(1.1)
    if way == "loaded":
        encoder.load_state_dict(other.state_dict())
    for name, tensor in encoder.state_dict(keep_vars=True).items():
        if way == "in place":
            with torch.no_grad():
                tensor.copy_(other.state_dict()[name])
        elif way == "through data":
            tensor.data = other.state_dict()[name].clone()
    expected = plain_gin(other, graphs)[-1]
    torch.testing.assert_close(encoder.encode(graphs).last_hidden_state, expected, atol=1e-5, rtol=1e-5)


def test_a_frozen_encoder_gets_no_gradients_and_makes_no_graph():
    encoder = make_encoder().requires_grad_(False)
    assert not any(level.requires_grad for level in encoder.encode(make_graphs()).hidden_states)


def test_a_frozen_encoder_whose_input_embedding_is_made_to_need_gradients_runs():
    encoder = make_encoder().requires_grad_(False)
    encoder.enable_input_require_grads()
    assert encoder.encode(make_graphs()).last_hidden_state.requires_grad


def test_hooks_on_a_layer_are_called_in_eval_mode():
    encoder, seen = make_encoder(), []
    encoder.layers[1].inner_norm.register_forward_hook(lambda module, inputs, output: seen.append(output.shape[1]))
    encoder.layers[2].down_proj.register_forward_hook(lambda module, inputs, output: seen.append(output.shape[1]))
    graphs = make_graphs()
    found = encoder.encode(graphs).last_hidden_state
    assert seen == [2 * WIDTH, WIDTH]
    torch.testing.assert_close(found, plain_gin(encoder, graphs)[-1], atol=1e-5, rtol=1e-5)


def test_an_adapter_around_a_linear_layer_has_its_effect_in_eval_mode():
    class Adapted(nn.Linear):
        def forward(self, input: torch.Tensor) -> torch.Tensor:
            return super().forward(input) + 1.0

    encoder, graphs = make_encoder(), make_graphs()
    adapted = Adapted(WIDTH, 2 * WIDTH)
    adapted.load_state_dict(encoder.layers[1].up_proj.state_dict())
    encoder.layers[1].up_proj = adapted
    torch.testing.assert_close(
        encoder.encode(graphs).last_hidden_state, plain_gin(encoder, graphs)[-1], atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_other_precisions_and_autocast_run(dtype):
    encoder, graphs = make_encoder(), make_graphs()
    expected = encoder.encode(graphs).last_hidden_state.detach()
    tolerance = {torch.bfloat16: 0.1, torch.float64: 1e-5}[dtype] * float(expected.abs().max())
    found = encoder.to(dtype).encode(graphs).last_hidden_state
    torch.testing.assert_close(found.float(), expected, atol=tolerance, rtol=0)
    if dtype == torch.bfloat16:
        with torch.autocast("cpu", dtype=dtype):
            found = make_encoder().encode(graphs).last_hidden_state
        torch.testing.assert_close(found.float(), expected, atol=tolerance, rtol=0)


@pytest.mark.parametrize("unspecified", [False, True])
@pytest.mark.parametrize("most", [4096, 1], ids=["in advance", "column by column"])
def test_embeddings_of_combinations_are_the_sums_of_columns(monkeypatch, most, unspecified):
    monkeypatch.setattr(gin, "MOST_COMBINATIONS", most)
    embedding = FeatureEmbedding([5, 6, 2], WIDTH, beyond_is_unspecified=unspecified)
    ids = torch.cartesian_prod(torch.arange(5), torch.arange(8 if unspecified else 6), torch.arange(2))
    assert torch.equal(embedding.look_up(embedding.prepare(ids)), embedding(ids))


@pytest.mark.parametrize("column", [0, 1, 2])
@pytest.mark.parametrize("value", [-1, 6])
def test_a_bond_without_a_row_is_an_error(column, value):
    encoder, graphs = make_encoder(), make_graphs()
    graphs.edge_ids[3, column] = value
    with pytest.raises((IndexError, RuntimeError), match="index out of range"):
        encoder.encode(graphs)


def test_a_compiled_encoder_gives_the_same():
    encoder, batches = make_encoder(), [random_graphs(sizes) for sizes in (SIZES, [3], [9, 60, 2])]
    batches = [{name: batch[name] for name in batch if "motif" not in name} for batch in batches]
    with torch.no_grad():
        expected = [encoder(**batch).last_hidden_state for batch in batches]
        encoder.compile(backend="aot_eager", dynamic=True, fullgraph=True)
        for batch, wanted in zip(batches, expected, strict=True):
            torch.testing.assert_close(encoder(**batch).last_hidden_state, wanted, atol=1e-5, rtol=1e-5)


def test_the_model_calls_its_encoder_as_a_module_so_that_compiling_it_alone_counts():
    model, seen = tiny_model(), []
    batch = tiny_batch(model.config)
    expected = model(**batch).logits
    model.model.graph_encoder.register_forward_hook(lambda *_: seen.append(1))
    model.model.graph_encoder.compile(backend="aot_eager", dynamic=True)
    torch.testing.assert_close(model(**batch).logits, expected, atol=1e-5, rtol=1e-5)
    assert seen == [1]
