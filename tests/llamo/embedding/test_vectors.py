"""Embeddings: one vector per molecule, whatever the batch and the order of atoms; clear errors."""

import numpy as np
import pytest
from rdkit import Chem

from llamo.embedding import embed
from processors import MoleculeError
from tests.text import model_and_processor

SMILES = ["CC(=O)Oc1ccccc1C(=O)O", "C", "OCC", "[Na+].[Cl-]"]
LEVELS = [0, 1, 2, -1, "motif", "tokens"]
MODEL, PROCESSOR = model_and_processor()


@pytest.mark.parametrize("pooling", ["mean", "sum"])
@pytest.mark.parametrize("level", LEVELS)
def test_batches_change_nothing(level, pooling):
    one, many = (
        embed(MODEL, PROCESSOR, SMILES, level=level, pooling=pooling, batch_size=size) for size in (1, len(SMILES))
    )
    assert one.shape == (4, 32 if level == "tokens" else 16) and one.dtype == np.float32
    np.testing.assert_allclose(one, many, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("level", LEVELS)
def test_the_order_of_atoms_changes_nothing(level):
    mols = [Chem.MolFromSmiles(smiles) for smiles in SMILES]
    turned = [Chem.RenumberAtoms(mol, list(range(mol.GetNumAtoms()))[::-1]) for mol in mols]
    one, other = (embed(MODEL, PROCESSOR, molecules, level=level) for molecules in (mols, turned))
    np.testing.assert_allclose(one, other, atol=1e-5, rtol=1e-4)


def test_a_level_is_the_mean_of_its_node_states():
    (found,) = embed(MODEL, PROCESSOR, ["OCC"], level=1)
    features = MODEL.get_graph_features(**PROCESSOR.feature_extractor("OCC", return_tensors="pt"))
    np.testing.assert_allclose(found, features.hidden_states[1].mean(0).detach().numpy(), atol=1e-6)


def test_flat_graph_tokens_are_side_by_side():
    flat, mean = (embed(MODEL, PROCESSOR, SMILES, level="tokens", pooling=pooling) for pooling in ("flat", "mean"))
    np.testing.assert_allclose(flat.reshape(4, -1, 32).mean(1), mean, atol=1e-5)


def test_without_groups_the_vector_of_groups_is_zero():
    assert not embed(MODEL, PROCESSOR, ["C"], level="motif").any()


def test_one_token_per_atom_can_be_pooled_but_not_be_flat():
    model, processor = model_and_processor(projector_type="mlp")
    one, many = (embed(model, processor, SMILES, level="tokens", batch_size=size) for size in (1, 4))
    np.testing.assert_allclose(one, many, atol=1e-5, rtol=1e-4)
    with pytest.raises(ValueError, match="flat vectors differ in length"):
        embed(model, processor, SMILES, level="tokens", pooling="flat")
    with pytest.raises(ValueError, match="AtomProjector embeds no functional groups"):
        embed(model, processor, SMILES, level="motif")


@pytest.mark.parametrize(
    ("molecules", "options", "message"),
    [
        (SMILES, {"level": 3}, "got level 3; this model has levels 0 to 2"),
        (SMILES, {"level": "edge"}, "got level 'edge'"),
        (SMILES, {"pooling": "max"}, "got pooling 'max'; choose one of mean, sum, flat"),
        (SMILES, {"pooling": "flat"}, "ask for level 'tokens'"),
        ([], {}, "no list of molecules"),
        ("CCO", {}, "no list of molecules"),
    ],
)
def test_mistakes_are_named(molecules, options, message):
    with pytest.raises(ValueError, match=message):
        embed(MODEL, PROCESSOR, molecules, **options)


def test_a_molecule_that_cannot_be_read_is_named():
    with pytest.raises(MoleculeError, match="row 1"):
        embed(MODEL, PROCESSOR, ["CCO", "C1C"])
