"""Features, node states and projector outputs of each recorded molecule."""

import numpy as np
import torch
from safetensors.torch import load_file

from tests.paths import GOLDEN


def close(found: torch.Tensor, recorded: torch.Tensor, name: str):
    torch.testing.assert_close(found, recorded, atol=1e-4, rtol=1e-4, msg=lambda text: f"{name}: {text}")


def test_features_and_motif_rows_are_exact(recording, processor):
    for name, molecule in recording.molecules.items():
        graph = processor.feature_extractor.featurize(molecule["smiles"])
        found = {"x": graph.node_ids, "edge_index": graph.edge_index.T, "edge_attr": graph.edge_ids}
        for array in found.keys() - set(molecule["rdkit_version_sensitive"]):
            assert np.array_equal(found[array], recording.arrays[f"{name}.{array}"].numpy()), f"{name}.{array}"
        if "motif" not in molecule["rdkit_version_sensitive"]:
            recorded = recording.arrays.get(f"{name}.motif")
            rows = [] if recorded is None else recorded.tolist()
            assert sorted(graph.motif_features.tolist()) == sorted(rows), name
            assert (graph.motif_fallback is not None) == molecule["motif_fallback"], name


def test_smiles_in_prompts_are_canonical_without_stereo_and_cut(recording, processor):
    for molecule in recording.molecules.values():
        if "canonical_smiles" not in molecule["rdkit_version_sensitive"]:
            graph = processor.feature_extractor.featurize(molecule["smiles"])
            assert processor.molecule_smiles(graph) == molecule["canonical_smiles"][:128]


def test_node_states_and_projector_outputs_of_each_molecule(recording, processor, model):
    for name, molecule in recording.molecules.items():
        if not molecule["rdkit_version_sensitive"]:
            features = model.get_graph_features(**processor.feature_extractor(molecule["smiles"], return_tensors="pt"))
            for level, states in enumerate(features.hidden_states):
                close(states, recording.arrays[f"{name}.h.{level}"], f"{name}.h.{level}")
            close(features.pooler_output[0], recording.arrays[f"{name}.proj"], f"{name}.proj")


def test_all_molecules_in_one_batch(recording, processor, model):
    molecules = [molecule for molecule in recording.molecules.values() if not molecule["rdkit_version_sensitive"]]
    batch = processor.feature_extractor([molecule["smiles"] for molecule in molecules], return_tensors="pt")
    for molecule, tokens in zip(molecules, model.get_graph_features(**batch).pooler_output, strict=True):
        close(tokens, recording.arrays[f"{molecule['id']}.proj"], molecule["id"])


def test_projector_state_before_its_layer_norm(recording, processor, model, monkeypatch):
    seen, read = [], model.model.projector.read
    monkeypatch.setattr(model.model.projector, "read", lambda *given: seen.append(read(*given)) or seen[-1])
    for name, molecule in recording.molecules.items():
        if not molecule["rdkit_version_sensitive"]:
            model.get_graph_features(**processor.feature_extractor(molecule["smiles"], return_tensors="pt"))
            close(seen[-1][0], recording.arrays[f"{name}.pre_norm"], name)


def test_layer_norm_on_rows_of_very_different_scale(model):
    probes = load_file(GOLDEN / "probes.safetensors")
    norm = model.model.projector.mlp.norm
    found = torch.nn.functional.layer_norm(
        probes["layer_norm.input"], norm.normalized_shape, norm.weight, norm.bias, norm.eps
    )
    close(found, probes["layer_norm.output"], "layer_norm")
