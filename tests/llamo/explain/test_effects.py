"""Effects of leaving out: those of one forward each, the same in any batch, for every projector."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from llamo.explain import GRAPH_ALONE, WITH_SMILES, explain
from llamo.explain.effects import unknown_atom
from llamo.explain.prompt import Prompt
from processors.graph import featurize_mol
from processors.molecule import parse
from tests.llamo.explain.questions import ASPIRIN, assistant

OPTIONS = {"answer": "one ring", "attention": False}


def log_probability(inputs, answer: list[int]) -> float:
    """Of the whole answer, by one forward without a batch."""
    ids = torch.cat([inputs["input_ids"], torch.tensor([answer])], 1)
    with torch.no_grad():
        logits = assistant().model(**{**inputs, "input_ids": ids, "attention_mask": torch.ones_like(ids)}).logits
    logs = logits[0, -len(answer) - 1 : -1].log_softmax(-1)
    return float(logs.gather(1, torch.tensor(answer)[:, None]).sum())


def test_an_effect_is_what_one_forward_without_the_atom_says():
    found = explain(assistant(), "OCC", "Rings?", **OPTIONS).molecules[0].effects[WITH_SMILES]
    processor = assistant().processor
    inputs = processor("OCC", "Rings?")
    answer = processor.tokenizer("one ring", add_special_tokens=False)["input_ids"] + [processor.tokenizer.eos_token_id]
    whole = log_probability(inputs, answer)
    graph = processor.feature_extractor.featurize("OCC")
    # Without the oxygen a chain of two carbons is left, with the features that they had.
    carbons = replace(
        graph, node_ids=graph.node_ids[1:], edge_index=graph.edge_index[2:] - 1, edge_ids=graph.edge_ids[2:]
    )
    inputs.update(processor.feature_extractor.pack([carbons], return_tensors="pt"))
    assert found.words.sum() == pytest.approx(whole, abs=1e-4)
    assert found.atoms[0].sum() == pytest.approx(whole - log_probability(inputs, answer), abs=1e-4)


def test_batches_change_no_effect():
    one, many = (explain(assistant(), ASPIRIN, batch_size=size, **OPTIONS).molecules[0].effects for size in (1, 64))
    for name in (GRAPH_ALONE, WITH_SMILES):
        for part in ("words", "atoms", "motifs", "motif_rows"):
            np.testing.assert_allclose(getattr(one[name], part), getattr(many[name], part), atol=1e-4)


def test_equivalent_atoms_have_one_effect():
    effects = explain(assistant(), "c1ccccc1", **OPTIONS).molecules[0].effects[GRAPH_ALONE]
    np.testing.assert_allclose(effects.atoms, np.tile(effects.atoms[:1], (6, 1)), atol=1e-4)


def test_molecules_have_effects_of_their_own():
    first, second = explain(assistant(), ["CCO", ASPIRIN], **OPTIONS).molecules
    assert first.effects[GRAPH_ALONE].atoms.shape == (3, 3)
    assert second.effects[GRAPH_ALONE].atoms.shape == (13, 3)
    assert np.abs(first.effects[GRAPH_ALONE].atoms).max() > 0 < np.abs(second.effects[GRAPH_ALONE].atoms).max()


@pytest.mark.parametrize("how", ["remove", "mask"])
@pytest.mark.parametrize("kind", ["mlp", "mlp_concat", "mlp_max", "weighted_sum", "resampler", "qformer"])
def test_every_projector_can_be_asked(kind, how):
    found = explain(assistant(projector_type=kind), ["CCO", "C"], left_out=how, **OPTIONS)
    for one in found.molecules:
        assert np.isfinite(one.effects[GRAPH_ALONE].atoms).all() and one.effects[GRAPH_ALONE].atoms.any()


def test_an_unknown_atom_is_a_star():
    prompt = Prompt(assistant().processor, [], [])
    assert unknown_atom(prompt).tolist() == featurize_mol(parse("*"), num_chirality_tags=4).node_ids[0].tolist()
