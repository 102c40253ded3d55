"""Captions of the same and of other kinds."""

from pathlib import Path

import pytest

from llamo.analysis.domains.retrieval import NOTHING, SOURCES, captions, copied, read
from llamo.assistant import Assistant
from llamo.compact.model import build
from tests.llamo.analysis.domains.molecules import prepared_folder, processor
from tests.llamo.analysis.laboratory.small import SIZE


@pytest.fixture
def found(tmp_path: Path):
    return captions(prepared_folder(tmp_path), most=4, asked=2)


def test_indices_and_tests_are_of_each_source(found):
    indices, tests = found
    assert {name: len(index) for name, index in indices.items()} == dict.fromkeys(SOURCES, 4)
    assert {name: len(some) for name, some in tests.items()} == dict.fromkeys(SOURCES, 2)
    assert tests["small"][0].caption == "It is CO."


def test_a_copy_of_the_true_caption_is_perfect(found):
    indices, tests = found
    cell = copied(indices, tests)["small"]["small"]
    assert cell["similarity"] == 1
    assert copied(indices, tests)["natural"]["small"]["similarity"] < 1


def test_losses_are_given_for_each_molecule_and_source(found):
    indices, tests = found
    writer = processor()
    assistant = Assistant(build(writer, SIZE, seed=0), writer)
    for view in ("both", "smiles"):
        losses = read(assistant, indices, tests, view=view, molecules=1)
        assert list(losses) == [NOTHING, *SOURCES]
        assert all(len(values) == 1 and values[0] > 0 for row in losses.values() for values in row.values())
