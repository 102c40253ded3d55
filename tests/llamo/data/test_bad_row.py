"""A bad row in one line, with its place."""

import pickle

from llamo.data.bad_row import Problem

PROBLEM = Problem("schema", "it is\nwrong", "mend it", {"text": "x" * 500})


def test_the_message_is_one_line_with_place_reason_remedy_and_value():
    message = str(PROBLEM.at("file", 3))
    assert message.startswith("file, row 3: it is wrong; mend it (got {'text': 'xxx")
    assert "\n" not in message


def test_long_values_are_cut():
    assert len(PROBLEM.at("file", 3).bad.value) < 250


def test_errors_cross_processes():
    error = pickle.loads(pickle.dumps(PROBLEM.at("file", 3)))
    assert error.bad == PROBLEM.at("file", 3).bad
    assert pickle.loads(pickle.dumps(PROBLEM)).category == "schema"
