"""An explanation answers by word and quantity, is plain JSON, and is written as files that show it."""

import json

import numpy as np
import pytest

from llamo.explain import Explanation, explain
from llamo.explain.explanation import ATTENTION
from tests.llamo.explain.questions import ASPIRIN, assistant


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    return explain(assistant(), [ASPIRIN, "C"], "Rings in <graph> and <graph>?", answer="one ring")


def test_effects_of_words_add_up_to_that_of_the_answer(explanation):
    one = explanation.molecules[0]
    for quantity in ("graph alone", "with SMILES"):
        parts = sum(one.values(quantity, word=word) for word in range(3))
        np.testing.assert_allclose(one.values(quantity), parts, atol=1e-5)


def test_an_atom_has_the_largest_effect_of_its_groups(explanation):
    one = explanation.molecules[0]
    values, effects = one.values("groups, graph alone"), one.effects["graph alone"].motifs.sum(1)
    assert values[2] == pytest.approx(effects[0])  # the ester's own oxygen
    assert values[5] == pytest.approx(effects[2]) and values[0] == 0


def test_a_molecule_without_groups_has_no_such_quantity(explanation):
    assert list(explanation.molecules[1].quantities) == ["graph alone", "with SMILES", ATTENTION]
    with pytest.raises(ValueError, match="got quantity 'groups, graph alone'; this explanation has graph alone"):
        explanation.molecules[1].values("groups, graph alone")


def test_a_word_that_is_not_there_is_refused(explanation):
    with pytest.raises(ValueError, match="got word 3; the answer has words 0 to 2"):
        explanation.svg(word=3)


def test_it_is_plain_json(explanation):
    data = json.loads(json.dumps(explanation.to_dict(), allow_nan=False))
    first = data["molecules"][0]
    assert [word["text"] for word in data["words"]] == list(explanation.words)
    assert len(first["atoms"]) == 13 == len(first["attention"]["words"]["atoms"][0])
    np.testing.assert_allclose(
        first["effects"]["graph alone"]["atoms"], explanation.molecules[0].effects["graph alone"].atoms, atol=1e-5
    )
    assert first["motifs"][0] == {"smiles": "cOC(C)=O", "atoms": [0, 1, 2, 3, 4], "own": [1, 2, 3], "is_ring": False}
    assert first["svg"].count("data-atom") == 13


def test_its_folder_has_page_data_and_pictures(explanation, tmp_path):
    page = explanation.save(tmp_path / "new" / "folder")
    names = {path.name for path in page.parent.iterdir()}
    assert {"explanation.html", "explanation.json", "molecule-0-attention.svg", "molecule-1-graph-alone.png"} <= names
    assert json.loads((page.parent / "explanation.json").read_text(encoding="utf-8")) == explanation.to_dict()


def test_a_notebook_shows_the_page_in_a_closed_frame(explanation):
    shown = explanation._repr_html_()
    assert shown.startswith("<iframe srcdoc=") and 'sandbox="allow-scripts"' in shown and shown.count("<") == 2
