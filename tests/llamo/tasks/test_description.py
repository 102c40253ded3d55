"""Descriptions."""

import sys
from types import SimpleNamespace

import pytest

from llamo.data import DataSource
from llamo.tasks import get_task, open_examples
from tests.llamo.tasks.files import ALCOHOLS, description

MOL_INSTRUCTIONS = get_task("description-mol-instructions")


def test_the_hub_s_chebi20_is_named_with_its_splits():
    splits = get_task("description-chebi20").splits
    assert [(split.hub.path, split.hub.split) for split in splits.values() if split.hub] == [
        ("liupf/ChEBI-20-MM", name) for name in ("train", "validation", "test")
    ]


def test_backslashes_of_chebi20_are_undone(folder):
    (first, *_) = open_examples(get_task("description-chebi20"), data_folder=folder)
    assert (first.molecules, first.target) == (("C/C=C\\C",), description("C/C=C\\C"))


def test_training_takes_no_row_that_is_in_chebi20_s_other_splits(folder):
    examples = open_examples(get_task("description-chebi20"), "train", data_folder=folder)
    assert [example.smiles for example in examples] == [*ALCOHOLS[20:26], *ALCOHOLS[:5], *ALCOHOLS[9:15]]


@pytest.fixture
def selfies(monkeypatch):
    decoder = {"[C][C][O]": "CCO"}.__getitem__
    monkeypatch.setitem(sys.modules, "selfies", SimpleNamespace(decoder=decoder, DecoderError=KeyError))


@pytest.mark.usefixtures("selfies")
def test_mol_instructions_are_split_by_their_metadata_and_read_from_selfies(folder):
    (example,) = open_examples(MOL_INSTRUCTIONS, "test", data_folder=folder)
    assert (example.molecules, example.target) == (("CCO",), "Ethanol.")


@pytest.mark.usefixtures("selfies")
def test_mol_instructions_validate_on_a_tenth_of_what_is_no_test(folder):
    train, validation = (
        open_examples(MOL_INSTRUCTIONS, split, data_folder=folder) for split in ("train", "validation")
    )
    held_out = {example.smiles for example in validation}
    assert 0 < len(held_out) < 12
    assert held_out | {example.smiles for example in train} | {"CCO"} == set(ALCOHOLS)
    assert {bad.category for bad in train.left_out} == {"leak"}


def test_no_source_is_a_pickle():
    sources = [split.local for split in get_task("description-pubchem324k").splits.values()]
    assert all(isinstance(source, DataSource) and source.path.endswith(".csv.gz") for source in sources)
