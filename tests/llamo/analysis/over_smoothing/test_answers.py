"""What answers lose without a level."""

import numpy as np
import pytest
import torch

from llamo.analysis.over_smoothing import answers, tokens
from llamo.analysis.over_smoothing.molecules import measured
from llamo.evaluation.likelihood import log_probabilities
from llamo.explain.prompt import Prompt, answer_ids
from tests.text import model_and_processor


@pytest.fixture
def parts(monkeypatch):
    """A tiny model and its tokens of ten molecules; one question, short answers."""
    monkeypatch.setattr(answers, "ASKED", ("rings",))
    monkeypatch.setattr(answers, "_LONGEST", 3)
    model, processor = model_and_processor()
    molecules = measured(10)
    found, _ = tokens.encode(model, molecules)
    return model, processor, molecules, found, tokens.parts_of(model)


def test_variants_name_every_part_twice():
    found = answers.variants(["0", "0", "1", "groups"])
    assert found["whole"] == {}
    assert found["none"] == {"0": True, "1": True, "groups": True}
    assert found["without 1"] == {"1": True}
    assert found["only 1"] == {"0": True, "1": False, "groups": True}
    assert len(found) == 2 + 2 * 3


def test_the_whole_is_what_the_model_says_of_the_molecules_themselves(parts):
    model, processor, molecules, *_ = parts
    found = answers.measure(*parts)["rings"]["whole"]
    question = "How many rings does it have?"
    graph = molecules.graphs[3]
    prompt = Prompt.write(processor, processor.conversation([graph], question), [graph], with_smiles=False)
    ids = answer_ids(processor, str(molecules.named[3].mol.GetRingInfo().NumRings()))
    assert found[3] == pytest.approx(float(log_probabilities(model, prompt.inputs([[graph]]), [ids])), abs=1e-4)


def test_where_no_part_says_anything_molecules_with_one_answer_are_alike(parts):
    molecules, found = parts[2], answers.measure(*parts)
    rings = [one.mol.GetRingInfo().NumRings() for one in molecules.named]
    none = np.array(found["rings"]["none"])
    for number in set(rings):
        np.testing.assert_allclose(none[np.equal(rings, number)], none[rings.index(number)], atol=1e-4)
    assert set(found) == {"rings", answers.DESCRIPTION}


def test_batches_change_no_answer(parts, monkeypatch):
    whole = answers.measure(*parts)["rings"]
    monkeypatch.setattr(answers, "_ROWS", 3)
    with torch.no_grad():
        few = answers.measure(*parts)["rings"]
    for name in whole:
        np.testing.assert_allclose(whole[name], few[name], atol=1e-4)
