"""Molecule design."""

from llamo.tasks import get_task, open_examples
from tests.llamo.tasks.files import ALCOHOLS, description


def test_the_question_is_text_and_the_answer_the_molecule(folder):
    example = open_examples(get_task("molecule-design"), data_folder=folder)[1]
    assert example.molecules == ()
    assert example.prompt.endswith(description(ALCOHOLS[31]))
    assert example.target == ALCOHOLS[31]


def test_backslashes_of_the_answer_are_undone(folder):
    assert open_examples(get_task("molecule-design"), data_folder=folder)[0].target == "C/C=C\\C"
