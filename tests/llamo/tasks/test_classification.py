"""Yes or no."""

import pytest

from llamo.tasks import get_task, open_examples
from llamo.tasks.classification import ASSAYS
from tests.llamo.data.files import write_csv


@pytest.mark.parametrize("name", ["bbbp", "bace"])
def test_one_is_yes_and_zero_is_no(folder, name):
    assert {example.target for example in open_examples(get_task(name), "train", data_folder=folder)} == {"Yes", "No"}


def test_each_measured_assay_of_a_molecule_is_a_question_in_plain_words(folder):
    examples = open_examples(get_task("tox21"), "test", data_folder=folder)
    assert [(example.group, example.target) for example in examples[:2]] == [("NR-AR", "Yes"), ("SR-p53", "No")]
    assert examples[0].molecules == examples[1].molecules
    assert ASSAYS["SR-p53"] in examples[1].prompt
    assert {example.group for example in examples} == {"NR-AR", "SR-p53"}


def test_a_molecule_without_any_measurement_is_on_record(tmp_path):
    rows = [{"smiles": "C", "NR-AR": "1"}, {"smiles": "CC", "NR-AR": ""}]
    examples = open_examples(get_task("tox21"), data_file=write_csv(tmp_path / "rows.csv", rows))
    assert [(bad.row, bad.reason) for bad in examples.left_out] == [(1, "it has no question with an answer")]


def test_there_are_twelve_assays_each_in_words_of_its_own():
    assert len(set(ASSAYS.values())) == len(ASSAYS) == 12
