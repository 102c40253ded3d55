"""The multi-level projector equals a padded loop, asks no value of the device, and has one cost per batch."""

from functools import partial

import pytest
import torch
from torch import nn

from benchmarks.operations import count_operations
from benchmarks.reference_projector import ReferenceProjector
from modeling_llamo.packing import GraphBatch
from modeling_llamo.projector import AtomProjector, MultiLevelProjector
from tests.tiny import random_graphs, tiny_config, tiny_model

WIDTH = 16
# One atom; more atoms than a chunk has rows; exactly as many; one large molecule among small ones.
BATCHES = [[1], [5, 37, 1, 20], [16, 32], [3] * 10 + [200] + [4] * 10]


def make_projector(**options) -> MultiLevelProjector:
    projector = tiny_model(tiny_config(**options)).model.projector
    assert isinstance(projector, MultiLevelProjector)
    with torch.no_grad():
        for parameter in projector.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)  # biases too
        projector.level_queries.normal_()
    return projector


def make_graphs(sizes: list[int]) -> GraphBatch:
    return GraphBatch(**{name.removeprefix("graph_"): tensor for name, tensor in random_graphs(sizes).items()})


def make_levels(graphs: GraphBatch) -> tuple[torch.Tensor, ...]:
    torch.manual_seed(1)
    return tuple(torch.randn(len(graphs.node_ids), WIDTH, requires_grad=True) for _ in range(3))


def tokens_and_gradients(read, module: nn.Module, levels: tuple[torch.Tensor, ...], graphs: GraphBatch):
    """Tokens, and gradients of node states, queries and the motif embedding (names that both sides have)."""
    for tensor in (*levels, *module.parameters()):
        tensor.grad = None
    tokens = read(levels, graphs)
    tokens.square().sum().backward()
    shared = ("level_queries", "motif_queries", "motif_embedding.weight")
    gradients = {name: module.get_parameter(name).grad for name in shared}
    return tokens, gradients | {f"level {place}": level.grad for place, level in enumerate(levels)}


@pytest.mark.parametrize("sizes", BATCHES, ids=str)
def test_tokens_and_gradients_are_those_of_a_padded_loop(sizes):
    projector, graphs = make_projector(), make_graphs(sizes)
    reference, levels = ReferenceProjector(projector), make_levels(graphs)
    tokens, gradients = tokens_and_gradients(projector.read, projector, levels, graphs)
    expected, wanted = tokens_and_gradients(reference, reference, levels, graphs)
    torch.testing.assert_close(tokens, expected, atol=1e-5, rtol=1e-5)
    for name, gradient in wanted.items():
        if gradient is None or gradients[name] is None:  # no molecule of the batch has motifs
            assert not any(found.any() for found in (gradient, gradients[name]) if found is not None)
            continue
        scale = max(1.0, float(gradient.abs().max()))
        torch.testing.assert_close(gradients[name], gradient, atol=1e-4 * scale, rtol=1e-4, msg=name)


@pytest.mark.parametrize("name", ["query", "value", "output"])
def test_gradients_of_attention_weights_are_those_of_pytorchs_attention(name):
    projector, graphs = make_projector(), make_graphs([5, 37, 1, 20])
    reference, levels = ReferenceProjector(projector), make_levels(graphs)
    projector.read(levels, graphs).square().sum().backward()
    reference(levels, graphs).square().sum().backward()
    found = getattr(projector.level_attention, f"{name}_weight").grad
    for level, attention in enumerate(reference.level_attentions):
        if name == "output":
            wanted = attention.out_proj.weight.grad
        else:
            wanted = attention.in_proj_weight.grad.chunk(3)[("query", "key", "value").index(name)]
        scale = max(1.0, float(wanted.abs().max()))
        torch.testing.assert_close(found[level], wanted, atol=1e-4 * scale, rtol=1e-4)


def test_the_graph_side_asks_no_value_of_the_device():
    model = tiny_model().model
    nn.Module.to(model, "meta")  # a device whose tensors have no values: asking for one is an error
    graphs = {name: tensor.to("meta") for name, tensor in random_graphs([5, 37, 1]).items()}
    features = model.get_graph_features(**graphs)
    assert features.pooler_output.shape == (3, model.config.num_graph_tokens, 32)


def test_the_graph_side_copies_no_value_to_the_host():
    model, graphs = tiny_model().model, random_graphs([5, 37, 1])
    with torch.no_grad(), torch.profiler.profile() as recorded:
        model.get_graph_features(**graphs)
    names = {average.key for average in recorded.key_averages()}
    assert not names & {"aten::item", "aten::_local_scalar_dense", "aten::nonzero", "aten::is_nonzero"}


def test_the_number_of_operations_does_not_depend_on_the_number_of_molecules():
    projector, counts = make_projector(), []
    for sizes in ([5, 9], [4, 7] * 32):
        graphs = make_graphs(sizes)
        counts.append(count_operations(partial(projector, make_levels(graphs), graphs)))
    assert counts[0] == counts[1]


def test_the_maximum_over_layers_is_taken_number_by_number():
    projector = tiny_model(tiny_config(projector_type="mlp_max")).model.projector
    assert isinstance(projector, AtomProjector)
    levels = (torch.tensor([[1.0, -2.0]]), torch.tensor([[0.0, 3.0]]), torch.tensor([[-1.0, 0.0]]))
    assert projector.select(levels).tolist() == [[1.0, 3.0]]
