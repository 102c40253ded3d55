"""Words of an answer: every token has one, and what has no text is the end."""

import pytest

from llamo.explain.words import END, split_words
from tests.text import byte_tokenizer


def ids(text: str, *, end: bool = False) -> list[int]:
    tokenizer = byte_tokenizer()
    return tokenizer(text, add_special_tokens=False)["input_ids"] + [tokenizer.eos_token_id] * end


@pytest.mark.parametrize(
    ("text", "words"),
    [("an acid.", ["an", "acid."]), (" two  rings ", ["two", "rings", END]), ("naïve β-keto", ["naïve", "β-keto"])],
)
def test_words_are_between_white_space(text, words):
    found, owners = split_words(byte_tokenizer(), ids(text))
    assert found == words
    assert sorted(set(owners)) == list(range(len(words)))


def test_the_end_is_a_word_of_its_own():
    found, owners = split_words(byte_tokenizer(), ids("yes", end=True))
    assert found == ["yes", END] and owners.tolist() == [0, 0, 0, 1]


def test_white_space_is_the_next_words():
    _, owners = split_words(byte_tokenizer(), ids("a bc"))
    assert owners.tolist() == [0, 1, 1, 1]


def test_an_answer_without_text_is_just_an_end():
    assert split_words(byte_tokenizer(), ids("", end=True))[0] == [END]


def test_words_that_share_a_token_are_one():
    class Wide:
        def decode(self, ids, **_):
            return "".join(("one two", " three")[token] for token in ids)

    found, owners = split_words(Wide(), [0, 1])
    assert found == ["one two", "three"] and owners.tolist() == [0, 1]
