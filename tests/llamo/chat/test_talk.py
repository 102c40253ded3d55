"""What a talk remembers."""

import json

import pytest

from llamo.chat.talk import Talk


def test_molecules_that_wait_stand_in_the_next_question_only():
    talk = Talk(waiting=["CCO", "CCN"])
    talk.keep(talk.question("Compare them."), "No.")
    assert [part.get("smiles") for part in talk.messages[0]["content"]] == ["CCO", "CCN", None]
    assert talk.question("Why?")[-1]["content"] == [{"type": "text", "text": "Why?"}]
    assert talk.molecules == ["CCO", "CCN"]


def test_a_question_is_kept_with_its_answer_only():
    talk = Talk(waiting=["CCO"])
    talk.question("Rings?")
    assert talk.messages == [] and talk.waiting == ["CCO"]


def test_a_saved_talk_is_read_back(tmp_path):
    talk = Talk(waiting=["CCO"])
    talk.keep(talk.question("Größe?"), "groß")
    talk.waiting = ["C"]
    talk.save(tmp_path / "talk.json")
    assert Talk.load(tmp_path / "talk.json") == talk


@pytest.mark.parametrize(
    "kept",
    [
        "nonsense",
        "[]",
        '{"messages": []}',
        json.dumps({"messages": [{"role": "user", "content": "?"}], "waiting": []}),
        json.dumps({"messages": [{"role": "system", "content": "?"}] * 2, "waiting": []}),
        json.dumps(
            {"messages": [{"role": "user", "content": [{"type": "molecule", "smiles": "C1CC"}]}], "waiting": []}
        ),
    ],
)
def test_a_file_that_is_no_talk_is_refused(tmp_path, kept):
    (tmp_path / "talk.json").write_text(kept)
    with pytest.raises(ValueError, match=r"talk.json: this is no saved talk; name a file of !save"):
        Talk.load(tmp_path / "talk.json")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"none.json: No such file or directory"):
        Talk.load(tmp_path / "none.json")
