"""A tokenizer made of given texts."""

from llamo.training.tokenizer import build_tokenizer

TEXTS = ["How many rings does it have?", "yes", "12"]


def test_text_comes_back_unchanged():
    tokenizer = build_tokenizer(TEXTS)
    for text in (*TEXTS, "User:\nSomething never seen: Ünïcode?\nAssistant:\n"):
        assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_a_learned_answer_is_one_token():
    tokenizer = build_tokenizer(TEXTS)
    assert all(len(tokenizer(text)["input_ids"]) == 1 for text in ("yes", "12"))


def test_two_builds_agree():
    assert build_tokenizer(TEXTS).get_vocab() == build_tokenizer(TEXTS).get_vocab()
