"""Fields of requests: what is not supported is refused."""

import pytest
from pydantic import ValidationError

from llamo.serving.bodies import ChatBody, EmbeddingBody

CHAT = {"model": "tiny", "messages": [{"role": "user", "content": "Hello"}]}


@pytest.mark.parametrize(
    "fields",
    [
        {"tools": []},
        {"n": 2},
        {"presence_penalty": 0.5},
        {"response_format": {"type": "json_object"}},
        {"temperature": 2.5},
        {"temperature": "1"},
        {"top_p": 0},
        {"max_tokens": 0},
        {"max_tokens": 5, "max_completion_tokens": 6},
        {"stream_options": {"include_usage": True}},
        {"top_logprobs": 2},
        {"stop": ["a", "b", "c", "d", "e"]},
        {"stop": ""},
        {"messages": []},
        {"messages": [{"role": "tool", "content": "x"}]},
        {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]},
    ],
)
def test_fields_and_values_that_are_not_supported_are_refused(fields):
    with pytest.raises(ValidationError):
        ChatBody.model_validate(CHAT | fields)


@pytest.mark.parametrize("fields", [{"n": 1}, {"tools": None}, {"response_format": {"type": "text"}}, {"user": "me"}])
def test_fields_that_ask_for_nothing_are_taken(fields):
    assert ChatBody.model_validate(CHAT | fields).temperature == 0


@pytest.mark.parametrize("level", [0, 5, "tokens", "motif"])
def test_levels_are_numbers_or_names(level):
    assert EmbeddingBody.model_validate({"model": "tiny", "input": "CCO", "level": level}).level == level


HALF = "\ud800"


@pytest.mark.parametrize(
    "fields",
    [
        {"messages": [{"role": "user", "content": HALF}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": HALF}]}]},
        {"messages": [{"role": "user", "content": [{"type": "molecule", "smiles": HALF}]}]},
        {"stop": HALF},
        {"stop": [HALF]},
        {"model": HALF},
        {"user": HALF},
        {HALF: 1},
        {"stop": "x" * 257},
    ],
)
def test_half_a_surrogate_pair_and_a_long_stop_are_refused(fields):
    with pytest.raises(ValidationError):
        ChatBody.model_validate(CHAT | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"messages": [{}] * 50_000},
        {"messages": [{"role": "user", "content": [1] * 50_000}]},
        {f"x{number}": 1 for number in range(50_000)},
    ],
    ids=["messages", "parts", "fields"],
)
def test_a_body_of_mistakes_is_refused_at_the_first_ones(fields):
    with pytest.raises(ValidationError) as caught:
        ChatBody.model_validate(CHAT | fields)
    assert caught.value.error_count() < 10
