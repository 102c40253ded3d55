"""`task:NAME` is a source of training rows."""

import logging

import pytest

from llamo.data import DataSource, check_leakage, encode_source, open_source
from llamo.data.rows import RowReader
from llamo.tasks import get_task, open_examples


@pytest.fixture(autouse=True)
def named_folder(folder, no_named_folder, monkeypatch):
    monkeypatch.setenv("LLAMO_DATA", str(folder))


def messages(source: DataSource) -> list:
    rows = open_source(source)
    return [RowReader.of(rows.source).messages(record) for record in rows.dataset]


def test_training_questions_have_drawn_wordings():
    source = DataSource("task:esol", split="train")
    asked = [turns[0]["content"][1]["text"] for turns in messages(source)]
    expected = open_examples(get_task("esol"), "train", draw_seed=0)
    assert asked == [example.prompt for example in expected]
    assert set(asked) == set(get_task("esol").prompts)


def test_other_splits_are_asked_as_evaluation_asks():
    asked = {turns[0]["content"][1]["text"] for turns in messages(DataSource("task:esol", split="test"))}
    assert asked == {get_task("esol").prompts[0]}


def test_molecules_stand_where_the_prompt_says():
    (turns, *_) = messages(DataSource("task:reagents", split="test"))
    assert [part["type"] for part in turns[0]["content"]] == ["text", "molecule", "text", "molecule", "text"]
    assert turns[1]["content"] == "[Na+].[OH-]"


def test_a_task_without_molecules_trains_on_text():
    (turns, *_) = messages(DataSource("task:molecule-design"))
    assert [part["type"] for part in turns[0]["content"]] == ["text"]


def test_it_is_encoded_like_any_source(processor):
    encoded = encode_source(DataSource("task:bbbp", split="train"), processor)
    assert encoded.summary.rows_out == len(open_examples(get_task("bbbp"), "train"))
    assert encoded.summary.source == "task:bbbp:train"


def test_groups_and_numbers_choose_rows():
    rows = open_source(DataSource("task:qm9", where={"group": "gap"}, max_rows=2)).dataset
    assert len(rows) == 2


def test_leaks_are_found_in_it():
    train, test = DataSource("task:esol", split="train"), DataSource("task:qm9-gap", split="test")
    assert check_leakage([train], [test]).leaks == []
    assert check_leakage([DataSource("task:esol", split="test")], [test], policy="warn").leaks != []


def test_rows_left_out_are_logged(caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("llamo.tasks.training_source"), "propagate", True)
    with caplog.at_level(logging.WARNING):
        open_source(DataSource("task:description-pubchem324k"))
    assert (
        "task:description-pubchem324k: left out 1 bad (leak 1); the first: pubchem_captions.csv.gz, row 10"
        in caplog.text
    )


def test_a_file_of_ones_own_is_a_source_too(tmp_path):
    path = tmp_path / "my_task.py"
    path.write_text("from llamo.tasks import get_task\nTASK = get_task('esol')\n")
    assert messages(DataSource(f"task:{path}")) == messages(DataSource("task:esol"))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (DataSource("task:essol"), r"unknown task 'essol'; .*did you mean esol\?"),
        (DataSource("task:esol", split="train[:10%]"), r"no split 'train\[:10%\]'; it has train, validation, test"),
        (DataSource("task:esol", streaming=True), "task:esol: streaming cannot be set for a task"),
        (DataSource("task:esol", instruction="How much?"), "task:esol: instruction cannot be set for a task"),
    ],
)
def test_what_does_not_fit_a_task_is_refused(source, message):
    with pytest.raises(ValueError, match=message):
        open_source(source)
