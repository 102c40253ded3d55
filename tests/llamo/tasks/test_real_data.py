"""The public data sets, where they are at hand: how many questions they ask, what is left out, and no leaks."""

from collections import Counter

import pytest

from llamo.tasks import get_task, open_examples
from llamo.tasks.splitting import structure_key
from tests.paths import DATA

pytestmark = pytest.mark.skipif(not (DATA / "esol.csv.gz").is_file(), reason=f"no task data in {DATA}")

SPLITS = ("train", "validation", "test")
# Questions in train, validation and test, and the rows of all three that ask none, by category.
QUICK = {
    "esol": ((739, 93, 71), {}),
    "freesolv": ((413, 54, 47), {}),
    "lipophilicity": ((2681, 348, 331), {}),
    "bbbp": ((1323, 187, 122), {"molecule": 11}),
    "bace": ((982, 138, 91), {}),
    "questions": ((10510, 999, 1467), {}),
}
SLOW = {
    "description-chebi20": ((12142, 2801, 3300), {"leak": 539, "molecule": 1}),
    "description-pubchem324k": ((3430, 992, 1978), {"leak": 160}),
    "iupac": ((11359, 975, 1967), {"leak": 386}),
    "qm9": ((28173, 3573, 3570), {}),
    "qm9-homo": ((9391, 1191, 1190), {}),
    "qm9-lumo": ((9391, 1191, 1190), {}),
    "qm9-gap": ((9391, 1191, 1190), {}),
    "tox21": ((51194, 5928, 5949), {"molecule": 8}),
    "forward-reaction": ((26433, 3000, 39994), {"leak": 565}),
    "retrosynthesis": ((39758, 5004, 5004), {"leak": 271}),
    "reagents": ((23325, 2618, 35258), {"empty_output": 8273, "leak": 518}),
    "molecule-design": ((12142, 2801, 3300), {"leak": 539, "molecule": 1}),
    "multiple-choice": ((12142, 2801, 3300), {"leak": 539, "molecule": 1}),
}


# What is kept apart where it is not the first molecule.
KEYS = {
    "forward-reaction": lambda example: example.target,
    "reagents": lambda example: example.molecules[1],
    "molecule-design": lambda example: example.target,
}


def check(name: str, numbers: tuple[int, int, int], left_out: dict[str, int]):
    task = get_task(name)
    found = {split: open_examples(task, split, data_folder=DATA) for split in SPLITS}
    assert tuple(len(examples) for examples in found.values()) == numbers
    assert Counter(bad.category for examples in found.values() for bad in examples.left_out) == left_out
    examples = [example for split in SPLITS for example in found[split]]
    assert [task.parse(example.target) for example in examples] == [example.target for example in examples]
    key = KEYS.get(name, lambda example: example.molecules[0])
    train, validation, test = ({structure_key(key(example)) for example in found[split]} for split in SPLITS)
    assert train.isdisjoint(validation | test)


@pytest.mark.parametrize("name", QUICK)
def test_every_row_is_a_question_or_on_record_and_training_shares_no_structure(name):
    check(name, *QUICK[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_the_same_holds_for_the_large_sets(name):
    check(name, *SLOW[name])


def test_backslashes_of_chebi20_are_undone_in_every_row():
    examples = open_examples(get_task("description-chebi20"), limit=300, data_folder=DATA)
    assert not [example for example in examples if "\\\\" in example.smiles]
    assert [example for example in examples if "\\" in example.smiles]
