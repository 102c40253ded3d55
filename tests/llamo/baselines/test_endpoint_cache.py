"""Replies on disk."""

import json
import threading

import pytest

from llamo.baselines.endpoint_cache import FILE, EndpointCache
from llamo.baselines.reply import Reply

REPLY = Reply("An alcohol.", "stop", 10, 3, -0.5, 3)


def test_a_reply_is_there_for_the_next_process(tmp_path):
    EndpointCache(tmp_path / "new" / "folder").put("a", REPLY)
    assert EndpointCache(tmp_path / "new" / "folder").get("a") == REPLY


def test_an_unknown_key_has_no_reply(tmp_path):
    assert EndpointCache(tmp_path).get("a") is None


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_line_that_was_cut_off_is_left_out_with_a_warning_and_harms_no_other(tmp_path, caplog, cut):
    cache = EndpointCache(tmp_path)
    cache.put("a", REPLY)
    cache.put("b", REPLY)
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes()[:-cut])
    with caplog.at_level("WARNING"):
        again = EndpointCache(tmp_path)
    whole = cut == 1  # only the end of the line is missing
    assert again.get("a") == REPLY
    assert again.get("b") == (REPLY if whole else None)
    assert ("line 2 cannot be read" in caplog.text) == (not whole)
    again.put("c", REPLY)
    last = EndpointCache(tmp_path)
    assert (last.get("a"), last.get("c")) == (REPLY, REPLY)


def test_a_line_of_something_else_is_left_out_with_a_warning(tmp_path, caplog):
    (tmp_path / FILE).write_text('{"key": "a"}\n{"key": "b", "reply": {"words": 1}}\n[1]\n')
    with caplog.at_level("WARNING"):
        assert EndpointCache(tmp_path).get("a") is None
    assert [f"line {number} " in caplog.text for number in (1, 2, 3)] == [True] * 3


def test_any_text_is_one_line(tmp_path):
    reply = Reply("two\nlines\r\u2028 and a \N{PILE OF POO}")
    EndpointCache(tmp_path).put("a", reply)
    assert EndpointCache(tmp_path).get("a") == reply
    assert (tmp_path / FILE).read_bytes().count(b"\n") == 1


def test_threads_and_caches_write_whole_lines(tmp_path):
    caches = [EndpointCache(tmp_path) for _ in range(4)]

    def write(number: int):
        for row in range(50):
            caches[number].put(f"{number}-{row}", Reply("x" * 5_000))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = (tmp_path / FILE).read_text().splitlines()
    assert {json.loads(line)["key"] for line in lines} == {
        f"{number}-{row}" for number in range(4) for row in range(50)
    }
