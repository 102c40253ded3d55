"""Turns are read out of what language models write; what holds none is refused with a reason."""

import pytest

from llamo.checking import Turn
from llamo.instructions.turns import NoConversation, read_turns

WANTED = [Turn("What is it?", "An acid."), Turn("Is it chiral?", "No.")]


@pytest.mark.parametrize(
    "text",
    [
        "Q: What is it?\nA: An acid.\nQ: Is it chiral?\nA: No.",
        "Q1: What is it?\n\nA1: An acid.\n\nQ2: Is it chiral?\nA2: No.\n",
        "**Question 1:** What is it?\n**Answer 1:** An acid.\n**Question 2:** Is it chiral?\n**Answer 2:** No.",
        "User: What is it?\nAssistant: An\nacid.\nUser: Is it chiral?\nAssistant: No.",
        "1. Q: What is it?\n   A: An acid.\n2. Q: Is it chiral?\n   A: No.",
        "```\nQ: What is it?\nA: An acid.\nQ: Is it chiral?\nA: No.\n```",
        "<think>hm\nQ: no</think>Q: What is it?\nA: An acid.\nQ: Is it chiral?\nA: No.",
        '[["What is it?", "An acid."], ["Is it chiral?", "No."]]',
        '```json\n[{"question": "What is it?", "answer": "An acid."}, '
        '{"question": "Is it chiral?", "answer": "No."}]\n```',
        '{"conversation": [{"role": "user", "content": "What is it?"}, {"role": "assistant", "content": "An acid."}, '
        '{"role": "user", "content": "Is it chiral?"}, {"role": "assistant", "content": "No."}]}',
    ],
)
def test_usual_shapes_are_read(text):
    assert read_turns(text) == WANTED


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no line begins with Q:"),
        ("Sure, here is a conversation:\nQ: What?\nA: This.", "text before the first question"),
        ("Q: What?\nQ: Why?\nA: This.", "do not take turns"),
        ("Q: What?", "do not take turns"),
        ('[["What?", "This."]', "broken JSON"),
        ('[{"prompt": "What?"}]', "another shape"),
        ('{"a": 1}', "no line begins with Q:"),
    ],
)
def test_what_is_none_has_a_reason(text, reason):
    with pytest.raises(NoConversation, match=reason):
        read_turns(text)
