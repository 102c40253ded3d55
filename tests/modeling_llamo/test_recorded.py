"""Encoder and projector against numbers recorded from the reference implementation."""

import json

import pytest
import torch
from safetensors.torch import load_file

from processors import LlamoFeatureExtractor
from tests.modeling_llamo.recorded import recorded_model
from tests.paths import GOLDEN

pytestmark = pytest.mark.skipif(not GOLDEN.is_dir(), reason=f"recorded reference numbers are not at {GOLDEN}")


@pytest.fixture(scope="module")
def model():
    return recorded_model()


@pytest.fixture(scope="module")
def molecules() -> list[dict]:
    return json.loads((GOLDEN / "molecules.json").read_text())


@pytest.fixture(scope="module")
def arrays() -> dict[str, torch.Tensor]:
    return load_file(GOLDEN / "molecules.safetensors")


def close(found: torch.Tensor, recorded: torch.Tensor, name: str):
    torch.testing.assert_close(found, recorded, atol=1e-4, rtol=1e-4, msg=name)


def test_node_states_and_projector_outputs_of_each_molecule(model, molecules, arrays):
    for molecule in molecules:
        features = model.get_graph_features(**LlamoFeatureExtractor()(molecule["smiles"], return_tensors="pt"))
        name = molecule["id"]
        for level, states in enumerate(features.hidden_states):
            close(states, arrays[f"{name}.h.{level}"], f"{name}.h.{level}")
        close(features.pooler_output[0], arrays[f"{name}.proj"], f"{name}.proj")


def test_all_molecules_in_one_batch(model, molecules, arrays):
    batch = LlamoFeatureExtractor()([molecule["smiles"] for molecule in molecules], return_tensors="pt")
    tokens = model.get_graph_features(**batch).pooler_output
    for molecule, found in zip(molecules, tokens, strict=True):
        close(found, arrays[f"{molecule['id']}.proj"], molecule["id"])


def test_projector_state_before_its_layer_norm(model, molecules, arrays, monkeypatch):
    seen = []
    read = model.model.projector.read
    monkeypatch.setattr(model.model.projector, "read", lambda *given: seen.append(read(*given)) or seen[-1])
    for molecule in molecules:
        model.get_graph_features(**LlamoFeatureExtractor()(molecule["smiles"], return_tensors="pt"))
        close(seen[-1][0], arrays[f"{molecule['id']}.pre_norm"], molecule["id"])


def test_layer_norm_on_rows_of_very_different_scale(model):
    probes = load_file(GOLDEN / "probes.safetensors")
    norm = model.model.projector.mlp.norm
    found = torch.nn.functional.layer_norm(
        probes["layer_norm.input"], norm.normalized_shape, norm.weight, norm.bias, norm.eps
    )
    close(found, probes["layer_norm.output"], "layer_norm")


def packed(batch: dict, molecules: list[dict]) -> dict[str, torch.Tensor]:
    smiles = {molecule["id"]: molecule["smiles"] for molecule in molecules}
    names = [name.rsplit(".", 1)[0] for name in batch["conversations"]]
    return dict(LlamoFeatureExtractor()([smiles[name] for name in names], return_tensors="pt"))


def test_logits_and_loss_of_a_training_batch(model, molecules):
    recorded = load_file(GOLDEN / "batch_train.safetensors")
    batch = json.loads((GOLDEN / "batches.json").read_text())["a"]
    output = model(
        input_ids=recorded["a.input_ids"].masked_fill(recorded["a.input_ids"] < 0, model.config.graph_token_id),
        attention_mask=recorded["a.attention_mask"].long(),
        **packed(batch, molecules),
    )
    own = recorded["a.attention_mask"].bool()
    logits = output.logits[..., : recorded["a.logits"].shape[-1]]  # without the placeholder's own row
    torch.testing.assert_close(logits[own], recorded["a.logits"][own], atol=1e-3, rtol=1e-4)
    labels = recorded["a.labels"][:, 1:].flatten()
    loss = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels, ignore_index=-100)
    torch.testing.assert_close(loss, torch.tensor(batch["loss"]), atol=1e-4, rtol=1e-4)


def test_projector_tokens_with_the_encoder_in_training_mode(molecules):
    model = recorded_model()
    recorded = load_file(GOLDEN / "batch_train.safetensors")
    batch = json.loads((GOLDEN / "batches.json").read_text())["b"]
    model.model.graph_encoder.train()
    tokens = model.get_graph_features(**packed(batch, molecules)).pooler_output
    stored = recorded["b.proj_gnn_train_mode"]
    torch.testing.assert_close(tokens.reshape(stored.shape), stored, atol=5e-4, rtol=1e-4)
