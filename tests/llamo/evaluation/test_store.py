"""Answers on disk: whole lines survive, a cut one does not, and answers under other settings are not mixed."""

import json
from contextlib import closing

import pytest

from llamo.evaluation.answer import Answer
from llamo.evaluation.store import PARTIAL, WHOLE, AnswerStore


def answer(row: int) -> Answer:
    return Answer("CCO", f"answer {row}", "alcohol", row=row)


def there(folder, settings=None, **options) -> dict[int, Answer]:
    """What another run finds."""
    with closing(AnswerStore(folder, settings or {}, **options)) as store:
        return store.answers


def keep(folder, *answers: Answer, settings=None):
    with closing(AnswerStore(folder, settings or {})) as store:
        list(store.add(answers))


def test_answers_are_there_after_a_stop(tmp_path):
    keep(tmp_path, answer(2), answer(0))
    assert there(tmp_path) == {2: answer(2), 0: answer(0)}


def test_an_answer_is_on_disk_before_the_next_is_asked_for(tmp_path):
    store = AnswerStore(tmp_path, {})
    next(iter(store.add([answer(0), answer(1)])))
    store.close()
    assert set(there(tmp_path)) == {0}


def test_a_line_cut_off_is_forgotten_and_does_not_spoil_the_next(tmp_path):
    keep(tmp_path, answer(0), answer(1))
    path = tmp_path / PARTIAL
    path.write_bytes(path.read_bytes()[:-7])
    assert set(there(tmp_path)) == {0}
    keep(tmp_path, answer(1))
    assert there(tmp_path) == {0: answer(0), 1: answer(1)}


def test_a_broken_line_in_the_middle_is_named(tmp_path):
    keep(tmp_path, answer(0), answer(1))
    path = tmp_path / PARTIAL
    path.write_bytes(b"{broken\n" + path.read_bytes())
    with pytest.raises(ValueError, match=r"partial\.jsonl, line 1: no JSON"):
        AnswerStore(tmp_path, {})


def test_the_finished_file_is_in_order_of_rows(tmp_path):
    store = AnswerStore(tmp_path, {})
    list(store.add([answer(2), answer(0), answer(1)]))
    assert store.finish() == [answer(0), answer(1), answer(2)]
    lines = (tmp_path / WHOLE).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["row"] for line in lines] == [0, 1, 2]
    assert AnswerStore(tmp_path, {}).finish() == [answer(0), answer(1), answer(2)]


def test_other_settings_are_refused_by_name(tmp_path):
    keep(tmp_path, answer(0), settings={"seed": 0, "beams": 1})
    with pytest.raises(ValueError, match="beams"):
        AnswerStore(tmp_path, {"seed": 0, "beams": 2})


def test_overwrite_begins_anew(tmp_path):
    keep(tmp_path, answer(0), settings={"seed": 0})
    assert there(tmp_path, {"seed": 0}, overwrite=True) == {}
    keep(tmp_path, answer(0), settings={"seed": 0})
    assert there(tmp_path, {"seed": 1}, overwrite=True) == {}


def test_answers_of_unknown_origin_are_not_touched(tmp_path):
    (tmp_path / WHOLE).write_text("{}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"without run\.json"):
        AnswerStore(tmp_path, {})
    assert (tmp_path / WHOLE).read_text(encoding="utf-8") == "{}\n"


def test_two_runs_do_not_write_into_one_folder(tmp_path):
    store = AnswerStore(tmp_path, {})
    with pytest.raises(ValueError, match="another process"):
        AnswerStore(tmp_path, {})
    store.close()
    assert there(tmp_path) == {}
