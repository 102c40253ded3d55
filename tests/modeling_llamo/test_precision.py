"""Half precision against float32, within stated bounds; very large graphs; BatchNorm where numbers are few or coarse.

Errors are root mean squares as shares of the float32 result's. Bounds are about three times what was measured.
"""

import copy

import pytest
import torch

from configuration import LlamoGraphConfig
from modeling_llamo import LlamoForConditionalGeneration, LlamoGraphEncoder
from modeling_llamo.projector import PROJECTORS
from tests.tiny import GRAPH_TOKEN_ID, prompt_rows, random_graphs, select_graphs, tiny_config, tiny_model

HALVES = [torch.bfloat16, torch.float16]
# Rounding is 2^-9 and 2^-12; depth adds to it.
ENCODER = {torch.bfloat16: 0.02, torch.float16: 0.003}
PROJECTOR = {torch.bfloat16: 0.03, torch.float16: 0.004}
LOGITS = {torch.bfloat16: 0.03, torch.float16: 0.004}
SIZES = [1, 2, 9, 40, 200]


def error(found: torch.Tensor, expected: torch.Tensor) -> float:
    assert found.isfinite().all()
    return float((found.float() - expected).square().mean().sqrt() / expected.square().mean().sqrt())


def encoder_inputs(graphs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: value for name, value in graphs.items() if "motif" not in name}


def graph_tokens(model: LlamoForConditionalGeneration, graphs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Those of all molecules, one after the other: (all tokens, d)."""
    return torch.cat(list(model.get_graph_features(**graphs).pooler_output))


def paper_encoder(width: int = 300) -> LlamoGraphEncoder:
    torch.manual_seed(0)
    return LlamoGraphEncoder(LlamoGraphConfig(hidden_size=width)).eval()


def star(leaves: int) -> dict[str, torch.Tensor]:
    """One node with so many neighbours."""
    graph = encoder_inputs(random_graphs([leaves + 1]))
    ends = torch.arange(1, leaves + 1)
    pairs = torch.stack([torch.zeros_like(ends), ends], dim=1)
    return graph | {"graph_edge_index": torch.stack([pairs, pairs.flip(1)], dim=1).flatten(0, 1)}


@pytest.mark.parametrize("dtype", HALVES)
@torch.no_grad()
def test_the_encoder_in_half_precision(dtype):
    encoder, graphs = paper_encoder(), encoder_inputs(random_graphs(SIZES))
    expected = encoder(**graphs).hidden_states
    found = copy.deepcopy(encoder).to(dtype)(**graphs).hidden_states
    assert max(map(error, found, expected)) < ENCODER[dtype]


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("kind", PROJECTORS)
@torch.no_grad()
def test_every_projector_in_half_precision(kind, dtype):
    model, graphs = tiny_model(tiny_config(projector_type=kind)), random_graphs(SIZES)
    expected = graph_tokens(model, graphs)
    found = graph_tokens(copy.deepcopy(model).to(dtype), graphs)
    assert found.dtype == dtype
    assert error(found, expected) < PROJECTOR[dtype]


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("how", ["whole model", "autocast"])
@torch.no_grad()
def test_the_whole_model_in_half_precision(how, dtype):
    model = tiny_model()
    batch = prompt_rows(model.config, [[0], [1], [2], []], [12, 5, 9, 7]) | random_graphs([9, 40, 1])
    rows = batch["attention_mask"].bool()
    expected = model(**batch).logits[rows][:, :GRAPH_TOKEN_ID]  # that of the graph token itself is a constant
    other = copy.deepcopy(model).to(dtype) if how == "whole model" else model
    with torch.autocast("cpu", dtype, enabled=how == "autocast"):
        found = other(**batch).logits[rows][:, :GRAPH_TOKEN_ID]
    assert error(found, expected) < LOGITS[dtype]


@pytest.mark.parametrize("leaves", [1_000, 3_000])
@torch.no_grad()
def test_sums_beyond_float16_are_an_error_and_fit_bfloat16(leaves):
    encoder, graph = paper_encoder(), star(leaves)
    with pytest.raises(ValueError, match=r"beyond float16.*float32.*bfloat16"):
        copy.deepcopy(encoder).half()(**graph)
    found = copy.deepcopy(encoder).bfloat16()(**graph).last_hidden_state
    assert error(found, encoder(**graph).last_hidden_state) < ENCODER[torch.bfloat16]


@torch.no_grad()
def test_a_graph_of_ten_thousand_atoms_beside_a_small_one_changes_neither():
    model, together = tiny_model(), random_graphs([10_000, 6])
    apart = [graph_tokens(model, select_graphs(together, [number])) for number in (0, 1)]
    torch.testing.assert_close(graph_tokens(model, together), torch.cat(apart), atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize(("dtype", "bound"), [(torch.bfloat16, 0.15), (torch.float16, 0.01)])
def test_running_statistics_in_half_precision_stay_near_those_of_float32(dtype, bound):
    """bfloat16 rounds small updates away, so its variances lag behind; `from_pretrained` keeps them in float32."""
    found = {}
    for one in (torch.float32, dtype):
        encoder = paper_encoder(width=16).to(one).train()
        for seed in range(60):
            encoder(**encoder_inputs(random_graphs([20, 30, 5], seed)))
        found[one] = torch.cat([value.float() for name, value in encoder.named_buffers() if "running_var" in name])
    assert float(((found[dtype] - found[torch.float32]) / found[torch.float32]).abs().max()) < bound


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("atoms", [1, 2, 30])
def test_a_batch_of_one_molecule_trains(atoms, dtype):
    model = tiny_model().to(dtype).train()
    batch = prompt_rows(model.config, [[0]], [8]) | random_graphs([atoms])
    loss = model(**batch, labels=batch["input_ids"]).loss
    loss.backward()
    gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    assert loss.isfinite() and gradients and all(gradient.isfinite().all() for gradient in gradients)
    assert all(value.isfinite().all() for value in model.buffers())
