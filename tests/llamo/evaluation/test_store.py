"""Answers on disk: whole lines survive, a cut one does not, and answers under other settings are not mixed."""

import json

import pytest

from llamo.evaluation.answer import Answer
from llamo.evaluation.store import PARTIAL, WHOLE, AnswerStore


def answer(row: int) -> Answer:
    return Answer("CCO", f"answer {row}", "alcohol", row=row)


def test_answers_are_there_after_a_stop(tmp_path):
    list(AnswerStore(tmp_path, {"seed": 0}).add([answer(2), answer(0)]))
    assert AnswerStore(tmp_path, {"seed": 0}).answers == {2: answer(2), 0: answer(0)}


def test_an_answer_is_on_disk_before_the_next_is_asked_for(tmp_path):
    coming = AnswerStore(tmp_path, {}).add([answer(0), answer(1)])
    next(iter(coming))
    assert set(AnswerStore(tmp_path, {}).answers) == {0}


def test_a_line_cut_off_is_forgotten_and_does_not_spoil_the_next(tmp_path):
    list(AnswerStore(tmp_path, {}).add([answer(0), answer(1)]))
    path = tmp_path / PARTIAL
    path.write_bytes(path.read_bytes()[:-7])
    store = AnswerStore(tmp_path, {})
    assert set(store.answers) == {0}
    list(store.add([answer(1)]))
    assert AnswerStore(tmp_path, {}).answers == {0: answer(0), 1: answer(1)}


def test_the_finished_file_is_in_order_of_rows(tmp_path):
    store = AnswerStore(tmp_path, {})
    list(store.add([answer(2), answer(0), answer(1)]))
    assert store.finish() == [answer(0), answer(1), answer(2)]
    lines = (tmp_path / WHOLE).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["row"] for line in lines] == [0, 1, 2]
    assert AnswerStore(tmp_path, {}).finish() == [answer(0), answer(1), answer(2)]


def test_other_settings_are_refused_by_name(tmp_path):
    list(AnswerStore(tmp_path, {"seed": 0, "beams": 1}).add([answer(0)]))
    with pytest.raises(ValueError, match="beams"):
        AnswerStore(tmp_path, {"seed": 0, "beams": 2})


def test_overwrite_begins_anew_only_under_other_settings(tmp_path):
    list(AnswerStore(tmp_path, {"seed": 0}).add([answer(0)]))
    assert set(AnswerStore(tmp_path, {"seed": 0}, overwrite=True).answers) == {0}
    assert AnswerStore(tmp_path, {"seed": 1}, overwrite=True).answers == {}
