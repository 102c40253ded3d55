"""Asking for an explanation: whose answer it is, which prompts, and clear errors."""

import numpy as np
import pytest

from llamo.explain import GRAPH_ALONE, WITH_SMILES, explain
from processors import MoleculeError
from tests.llamo.explain.questions import ASPIRIN, assistant


def test_the_models_own_answer_is_that_of_the_assistant():
    found = explain(assistant(), ASPIRIN, "Rings?", max_new_tokens=4, left_out=None)
    (reply,) = assistant().ask([ASPIRIN], "Rings?", max_new_tokens=4)
    assert found.is_own and found.answer == reply.text
    tokens = 4
    assert np.exp(found.log_probability.sum() / tokens) == pytest.approx(reply.confidence, rel=1e-3)


def test_the_graph_alone_is_one_prompt_less():
    options = {"answer": "one", "attention": False}
    assert list(explain(assistant(), "CCO", **options).molecules[0].effects) == [GRAPH_ALONE, WITH_SMILES]
    alone = explain(assistant(), "CCO", graph_alone=True, **options)
    assert list(alone.molecules[0].effects) == [GRAPH_ALONE]
    np.testing.assert_allclose(alone.log_probability, alone.molecules[0].effects[GRAPH_ALONE].words, atol=1e-4)


def test_renumbered_atoms_have_the_same_numbers():
    one, other = (explain(assistant(), text, answer="x").molecules[0] for text in ("OCC=C", "C=CCO"))
    for quantity in one.quantities:
        np.testing.assert_allclose(one.values(quantity), other.values(quantity)[::-1], atol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ("C1CC", {}, "row 0: cannot read molecule 'C1CC'"),
        (["CCO", ""], {}, "row 1"),
        ([], {}, "no molecule to explain"),
        ("CCO", {"answer": ""}, "answer to explain is empty"),
        ("CCO", {"left_out": "blank"}, "left_out is 'remove', 'mask' or None, got 'blank'"),
    ],
)
def test_mistakes_are_named(arguments, options, message):
    with pytest.raises((ValueError, MoleculeError), match=message):
        explain(assistant(), arguments, **options)
