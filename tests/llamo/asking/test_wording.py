"""Questions and what is read out of answers."""

import pytest

from llamo.asking.wording import Wording
from llamo.molecule_files.row import MoleculeRow
from llamo.tasks import get_task

ROW = MoleculeRow(0, "CCO", {"assay": "NR-AR"})


def test_a_question_of_ones_own_is_asked_as_it_is():
    wording = Wording("Is {this} a set?")
    assert wording.of(ROW) == "Is {this} a set?" and wording.read("Yes") == {}


def test_a_task_asks_in_its_first_wording_and_reads_its_number():
    wording = Wording.of_task("esol")
    assert wording.of(ROW) == get_task("esol").prompts[0]
    assert wording.read("It is -1.5 or so.") == {"answer": "-1.5", "error": ""}
    assert wording.read("I do not know.") == {
        "answer": "",
        "error": "there is no number in the answer 'I do not know.'",
    }


def test_an_answer_that_is_no_molecule_is_said_to_be_none():
    wording = Wording.of_task("retrosynthesis")
    assert wording.read("CCO.CC") == {"answer": "CCO.CC", "error": ""}
    assert wording.read("C1CC")["answer"] == "C1CC" and "no molecule" in wording.read("C1CC")["error"]


def test_values_of_a_wording_come_from_the_row_or_the_user():
    empty = MoleculeRow(0, "CCO")
    assert "for NR-AR?" in Wording.of_task("tox21").of(ROW)
    assert "for p53?" in Wording.of_task("tox21", {"assay": "p53"}).of(empty)
    with pytest.raises(ValueError, match="needs a assay; give --value assay="):
        Wording.of_task("tox21").of(empty)


@pytest.mark.parametrize("name", ["reagents", "molecule-design"])
def test_a_task_that_is_not_about_one_molecule_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} is not about one molecule"):
        Wording.of_task(name)
