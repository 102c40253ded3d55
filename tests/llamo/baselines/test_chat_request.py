"""Requests and their names in the cache."""

import re

import pytest

from llamo.baselines.chat_request import ChatRequest

URL = "https://example.org/v1"
MESSAGES = [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "CCO?"}]
FIELDS = {"model": "m", "messages": MESSAGES, "temperature": 0.0, "max_tokens": 9}


def test_a_key_is_a_sha256():
    assert re.fullmatch("[0-9a-f]{64}", ChatRequest(FIELDS).key(URL))


def test_the_order_of_fields_and_a_closing_slash_do_not_matter():
    other = ChatRequest(dict(reversed(FIELDS.items())))
    assert other.key(f"{URL}/") == ChatRequest(FIELDS).key(URL)


@pytest.mark.parametrize(
    "other, url",
    [
        (ChatRequest({**FIELDS, "model": "n"}), URL),
        (ChatRequest({**FIELDS, "messages": MESSAGES[1:]}), URL),
        (ChatRequest({**FIELDS, "temperature": 0.5}), URL),
        (ChatRequest(FIELDS, sample=1), URL),
        (ChatRequest(FIELDS), "https://example.com/v1"),
    ],
)
def test_whatever_changes_the_reply_changes_the_key(other, url):
    assert other.key(url) != ChatRequest(FIELDS).key(URL)


def test_prompt_tokens_are_those_of_all_messages():
    assert ChatRequest(FIELDS).prompt_tokens == 2 + 1


@pytest.mark.parametrize(
    "fields, longest", [({"max_tokens": 9}, 9), ({"max_completion_tokens": 7}, 7), ({}, None)], ids=str
)
def test_the_longest_reply_has_either_name(fields, longest):
    assert ChatRequest({"messages": [], **fields}).longest_reply == longest
