"""Multiple choice."""

import random
from collections import Counter

import pytest

from llamo.tasks import Fields, get_task, open_examples
from llamo.tasks.multiple_choice import arrange
from tests.llamo.data.files import write_csv, write_jsonl
from tests.llamo.tasks.files import captions

TASK = get_task("multiple-choice")
ROWS = [Fields(("C" * size,), f"It has {size} atoms.") for size in range(1, 18)]


def option(question: Fields) -> str:
    (line,) = [line for line in question.values["question"].splitlines() if line.startswith(f"{question.target})")]
    return line.removeprefix(f"{question.target}) ")


def test_the_right_letter_stands_before_the_right_description():
    assert [option(question) for question in arrange(ROWS)] == [row.target for row in ROWS]


def test_the_four_options_differ():
    for question in arrange(ROWS):
        assert len(set(question.values["question"].splitlines()[1:])) == 4


def test_every_letter_is_right_equally_often():
    counts = Counter(question.target for question in arrange(ROWS)).values()
    assert max(counts) - min(counts) <= 1


def test_wrong_options_vary():
    shown = Counter(text[3:] for question in arrange(ROWS) for text in question.values["question"].splitlines()[1:])
    assert len(shown) == len(ROWS)


def test_the_order_of_rows_changes_nothing():
    shuffled = random.Random(0).sample(ROWS, len(ROWS))
    key = {question.molecules: question for question in arrange(ROWS)}
    assert all(key[question.molecules] == question for question in arrange(shuffled))


def test_rows_with_the_same_description_are_no_options_for_each_other():
    same = [Fields(("C",), "a"), Fields(("N",), "a"), *(Fields((text,), text) for text in "bcd")]
    assert all(question.values["question"].count(") a") == 1 for question in arrange(same)[:2])


def test_three_descriptions_are_too_few(tmp_path):
    path = write_csv(tmp_path / "few.csv", captions(["C", "CC", "CCC"]))
    with pytest.raises(ValueError, match="multiple-choice: 3 different descriptions; give at least 4"):
        open_examples(TASK, data_file=path)


def test_a_limit_does_not_change_the_options(folder):
    assert open_examples(TASK, data_folder=folder, limit=2)[:] == open_examples(TASK, data_folder=folder)[:2]


def test_files_of_moleculeqa_are_read_as_they_are(tmp_path):
    question = "Molecule <BIO-SEQ-TYPE>: <BIO-SEQ>\nWhat is it?\nOption A: Salt\nOption B: Alcohol"
    rows = [{"id": 1, "smiles": "CCO", "question": question, "answer": answer} for answer in ("B", "E")]
    examples = open_examples(TASK, data_file=write_jsonl(tmp_path / "qa.jsonl", rows))
    assert examples[0].target == "B"
    assert examples[0].prompt.startswith("Molecule SMILES: CCO\nWhat is it?\nOption A: Salt\nOption B: Alcohol\n")
    assert [(bad.row, bad.reason) for bad in examples.left_out] == [(1, "its answer is none of A, B, C and D")]
