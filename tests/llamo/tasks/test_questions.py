"""Open questions."""

from llamo.tasks import get_task, open_examples
from tests.llamo.data.files import write_jsonl

TASK = get_task("questions")


def test_each_pair_is_an_example_and_its_answer_text(folder):
    examples = open_examples(TASK, data_folder=folder)
    assert [example.target for example in examples[:3]] == ["3", "No", "12.5"]
    assert examples[1].prompt == "Is it a salt?"


def test_a_pair_without_an_answer_leaves_the_others(tmp_path):
    rows = [{"smiles": "C", "qa": [["One?", "1"], ["Two?", ""]]}, {"smiles": "CC", "qa": "x"}]
    examples = open_examples(TASK, data_file=write_jsonl(tmp_path / "qa.jsonl", rows))
    assert [example.prompt for example in examples] == ["One?"]
    assert [(bad.row, bad.category) for bad in examples.left_out] == [(0, "empty_output"), (1, "schema")]
