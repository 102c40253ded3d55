"""docs/tasks.md says what the code does, and its example runs."""

import re

import pytest

from llamo.data import DataSource, encode_source
from llamo.metrics import Pairs, score
from llamo.tasks import get_task, open_examples, task_names
from tests.llamo.data.files import write_csv
from tests.llamo.tasks.files import ALCOHOLS
from tests.paths import REPOSITORY

TEXT = (REPOSITORY / "docs" / "tasks.md").read_text(encoding="utf-8")
SPLITS = ("train", "validation", "test")


@pytest.fixture
def path(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "my_task.py").write_text(code)
    rows = [{"smiles": smiles, "celsius": str(-10 * size)} for size, smiles in enumerate(ALCOHOLS)]
    write_csv(tmp_path / "melting_points.csv", [*rows, {"smiles": "C", "celsius": ""}])
    return tmp_path / "my_task.py"


def test_the_example_asks_questions(path):
    task = get_task(str(path))
    examples = [one for split in SPLITS for one in open_examples(task, split, data_folder=path.parent)]
    assert sorted(example.smiles for example in examples) == sorted(ALCOHOLS)
    assert {example.target for example in examples} == {str(-10 * size) for size in range(40)}


def test_the_example_reports_the_row_without_an_answer(path):
    examples = open_examples(get_task(str(path)), data_folder=path.parent)
    assert [(bad.row, bad.reason) for bad in examples.left_out] == [(40, "'celsius' is empty")]


def test_the_example_is_scored(path):
    task = get_task(str(path))
    (scorer,) = task.scorers("words")
    assert score(scorer, Pairs([task.parse("About -12 degrees")], ["-10"]), resamples=0)["mae"].value == 2


def test_the_example_trains(path, processor, monkeypatch):
    monkeypatch.setenv("LLAMO_DATA", str(path.parent))
    encoded = encode_source(DataSource(f"task:{path}", split="train"), processor)
    assert encoded.summary.rows_out == len(open_examples(get_task(str(path)), "train", data_folder=path.parent))


@pytest.mark.parametrize("name", task_names())
def test_every_task_is_in_the_document_with_its_sources(name):
    assert f"`{name}`" in TEXT
    for split in get_task(name).splits.values():
        local = split.local if isinstance(split.local, tuple) else (split.local,)
        for source in (split.hub, *local):
            assert source is None or source.path in TEXT
