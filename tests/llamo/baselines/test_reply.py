"""Reading replies out of the client's completions, which may be anything."""

from types import SimpleNamespace

import pytest

from llamo.baselines.reply import Reply, read_reply


def completion(text="An alcohol.", **fields):
    fields = {"finish_reason": "stop", **fields}
    usage = fields.pop("usage", SimpleNamespace(prompt_tokens=10, completion_tokens=3))
    return SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content=text), **fields)], usage=usage)


def test_a_reply_holds_text_reason_and_tokens():
    assert read_reply(completion(" An alcohol.\n")) == Reply("An alcohol.", "stop", 10, 3)


def test_tokens_that_were_not_counted_are_unknown():
    assert read_reply(completion(usage=None)) == Reply("An alcohol.", "stop")


def test_no_text_is_an_empty_answer():
    assert read_reply(completion(None)).text == ""


def test_half_a_character_is_replaced():
    assert read_reply(completion("CO\ud83d")).text == "CO?"


def test_log_probabilities_are_summed():
    tokens = [SimpleNamespace(logprob=-0.5), SimpleNamespace(logprob=-0.25)]
    reply = read_reply(completion(logprobs=SimpleNamespace(content=tokens)))
    assert (reply.log_probability, reply.scored_tokens) == (-0.75, 2)


@pytest.mark.parametrize("tokens", [None, [], [SimpleNamespace(logprob=-0.5), SimpleNamespace(logprob=None)]])
def test_log_probabilities_that_are_not_all_there_are_unknown(tokens):
    assert read_reply(completion(logprobs=SimpleNamespace(content=tokens))).log_probability is None


@pytest.mark.parametrize(
    "garbage",
    [None, "<html>Bad gateway</html>", SimpleNamespace(choices=None), SimpleNamespace(choices=[]), completion([1])],
    ids=str,
)
def test_what_is_no_completion_is_an_error(garbage):
    with pytest.raises(ValueError, match=r"no (text in a )?chat completion"):
        read_reply(garbage)
