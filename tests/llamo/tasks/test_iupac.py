"""IUPAC names."""

from llamo.tasks import get_task, open_examples
from tests.llamo.tasks.files import ALCOHOLS


def test_the_split_column_says_which_rows_are_tested(folder):
    examples = open_examples(get_task("iupac"), "test", data_folder=folder)
    assert [example.smiles for example in examples] == ALCOHOLS[2::4]
    assert {example.target for example in examples} == {"an alcohol"}
