"""Rows that several splits could claim are in one."""

from llamo.tasks import get_task
from llamo.tasks.locating import split_of
from llamo.tasks.split_rows import SplitRows
from llamo.tasks.splitting import structure_key
from tests.llamo.tasks.files import ALCOHOLS


def rows(name: str, split: str, folder) -> SplitRows:
    task = get_task(name)
    return SplitRows(task, split, split_of(task, split), folder)


def test_structures_are_those_of_the_first_molecule(folder):
    assert sorted(rows("iupac", "test", folder).structures()) == sorted(map(structure_key, ALCOHOLS[2::4]))


def test_structures_of_reactions_are_those_of_products(folder):
    found = set(rows("forward-reaction", "test", folder).structures())
    assert found == {structure_key(f"{smiles[:-1]}Cl") for smiles in ALCOHOLS[19:25]} | {"C=C"}


def test_structures_pass_over_what_cannot_be_read(folder):
    found = [len(list(rows("bbbp", split, folder).structures())) for split in ("train", "validation", "test")]
    assert sum(found) == 55
