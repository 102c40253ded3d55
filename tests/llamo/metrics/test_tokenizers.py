"""Tokenizers are found by name, cut as published evaluations do, and say what they are."""

import gzip
import logging

import huggingface_hub
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llamo.metrics.scorer import Pairs
from llamo.metrics.tokenizers import SCIBERT_SIZE, SCIBERT_TITLE, TOKEN_LIMIT, find_tokenizer
from tests.paths import DATA
from tests.text import byte_tokenizer, model_and_processor

VOCABULARY = [
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    *("the", "mol", "##ecule", "cafe", "-", "a", "##a", "(", "2", "##s", ")"),
]
REAL = DATA / "scibert_uncased_vocab.txt.gz"


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch):
    for name in ("LLAMO_SCIBERT_VOCAB", "LLAMO_DATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def vocabulary(tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_text("".join(f"{token}\n" for token in VOCABULARY))
    return path


@pytest.fixture
def offline(monkeypatch):
    """Nothing can be had of the Hub, not even from its cache."""

    def refuse(*_, **__):
        raise huggingface_hub.errors.LocalEntryNotFoundError("offline")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", refuse)


def tokens(name: str, text: str) -> list[str]:
    return find_tokenizer(name).tokenize(Pairs([text], [""])).predictions[0]


def test_words_are_lower_cased_runs_of_letters_and_digits():
    assert tokens("words", "The (2S)-δ-D-Glucose's\tpH_7.") == ["the", "2s", "d", "glucose", "s", "ph", "7"]


@settings(deadline=None)
@given(st.text())
def test_words_are_those_of_rouge_score(text):
    from rouge_score.tokenizers import DefaultTokenizer

    assert tokens("words", text) == DefaultTokenizer().tokenize(text)


def test_characters_are_all_that_a_text_has():
    assert tokens("characters", "C[C@H] N") == ["C", "[", "C", "@", "H", "]", " ", "N"]


def test_word_pieces_are_lower_cased_and_without_accents(vocabulary):
    found = tokens(f"scibert:{vocabulary}", "The Molecule-Café (2S)")
    assert found == ["the", "mol", "##ecule", "-", "cafe", "(", "2", "##s", ")"]


@pytest.mark.parametrize(("length", "pieces"), [(100, ["a", *["##a"] * 99]), (101, ["[UNK]"])])
def test_words_of_more_than_a_hundred_characters_are_unknown(vocabulary, length, pieces):
    assert tokens(f"scibert:{vocabulary}", "a" * length) == pieces


def test_a_vocabulary_may_be_packed_or_in_a_folder(vocabulary):
    packed = vocabulary.with_name("packed.gz")
    packed.write_bytes(gzip.compress(vocabulary.read_bytes()))
    found = [tokens(f"scibert:{place}", "the mola") for place in (vocabulary, packed, vocabulary.parent)]
    assert found == [["the", "mol", "##a"]] * 3


def test_the_environment_names_the_vocabulary(vocabulary, offline, monkeypatch):
    monkeypatch.setenv("LLAMO_SCIBERT_VOCAB", str(vocabulary))
    assert tokens("scibert", "mola") == ["mol", "##a"]


def test_the_data_folder_may_hold_the_vocabulary(vocabulary, offline, monkeypatch):
    packed = vocabulary.with_name("scibert_uncased_vocab.txt.gz")
    packed.write_bytes(gzip.compress(vocabulary.read_bytes()))
    vocabulary.unlink()
    monkeypatch.setenv("LLAMO_DATA", str(vocabulary.parent))
    assert tokens("scibert", "mola") == ["mol", "##a"]


def test_a_path_goes_before_the_environment_and_that_before_the_data_folder(vocabulary, monkeypatch):
    monkeypatch.setenv("LLAMO_DATA", str(vocabulary.parent))
    monkeypatch.setenv("LLAMO_SCIBERT_VOCAB", "/absent")
    with pytest.raises(ValueError, match="no vocabulary at /absent"):
        find_tokenizer("scibert")
    assert tokens(f"scibert:{vocabulary}", "mola") == ["mol", "##a"]


def test_else_scibert_comes_from_the_hub(vocabulary, monkeypatch):
    asked = []
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda *args: asked.append(args) or str(vocabulary))
    assert tokens("scibert", "mola") == ["mol", "##a"]
    assert asked == [("allenai/scibert_scivocab_uncased", "vocab.txt")]


def test_without_scibert_all_ways_out_are_named_in_one_line(offline):
    with pytest.raises(ValueError, match=r"scibert:PATH.*LLAMO_SCIBERT_VOCAB.*LLAMO_DATA.*Hub") as caught:
        find_tokenizer("scibert")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_vocabulary_is_refused(tmp_path):
    (tmp_path / "words.txt").write_text("the\nmolecule\n")
    with pytest.raises(ValueError, match=r"words\.txt has no \[UNK\]; give a WordPiece vocabulary"):
        find_tokenizer(f"scibert:{tmp_path / 'words.txt'}")


def test_another_vocabulary_is_not_called_scibert(vocabulary):
    assert find_tokenizer(f"scibert:{vocabulary}").title == f"word pieces of {vocabulary} (16 entries)"


@pytest.mark.skipif(not REAL.is_file(), reason="the vocabulary of SciBERT is not here")
def test_the_vocabulary_of_scibert_is_known_by_its_size():
    assert find_tokenizer(f"scibert:{REAL}").title == SCIBERT_TITLE
    assert tokens(f"scibert:{REAL}", "Dihydroxy") == ["dihydro", "##xy"]
    assert len(gzip.decompress(REAL.read_bytes()).splitlines()) == SCIBERT_SIZE


def test_special_tokens_are_neither_added_nor_counted(vocabulary):
    assert tokens(f"scibert:{vocabulary}", "[CLS] the [SEP] [PAD] mol [UNK]") == ["the", "mol", "[UNK]"]


def test_long_texts_are_cut_marked_and_logged(vocabulary, caplog):
    tokenizer = find_tokenizer(f"scibert:{vocabulary}")
    long, short = "the " * (TOKEN_LIMIT + 1), "the " * TOKEN_LIMIT
    with caplog.at_level(logging.WARNING, logger="llamo.metrics.tokenizers"):
        found = tokenizer.tokenize(Pairs([short, long, "a"], [short, "the", long]))
    assert [len(one) for one in found.predictions] == [TOKEN_LIMIT, TOKEN_LIMIT, 1]
    assert [len(one) for one in found.references] == [TOKEN_LIMIT, 1, TOKEN_LIMIT]
    assert found.columns["truncated"].tolist() == [0.0, 1.0, 1.0]
    assert "2 rows have a text of more than 512 tokens" in caplog.text
    assert "the first such row: 1" in caplog.text


def test_words_are_never_cut():
    found = find_tokenizer("words").tokenize(Pairs(["a " * 600], ["b"]))
    assert len(found.predictions[0]) == 600
    assert found.columns == {}


def test_a_model_s_own_tokens_are_taken_from_its_folder(tmp_path):
    byte_tokenizer().save_pretrained(tmp_path)
    assert find_tokenizer(str(tmp_path)).title == f"tokens of {tmp_path}"
    assert tokens(str(tmp_path), "CC O") == ["C", "C", "Ġ", "O"]


def test_a_llamo_s_own_tokens_are_taken_from_its_folder(tmp_path):
    model, processor = model_and_processor()
    model.save_pretrained(tmp_path)
    processor.save_pretrained(tmp_path)
    assert tokens(str(tmp_path), "CCO") == ["C", "C", "O"]


def test_what_a_model_does_not_know_counts_even_where_it_pads_with_it(tmp_path):
    byte_tokenizer(pad_token="<unk>").save_pretrained(tmp_path)
    assert tokens(str(tmp_path), "C<unk>") == ["C", "<unk>"]


def test_tokenizers_in_python_are_taken_too(tmp_path):
    from transformers import ByT5Tokenizer

    ByT5Tokenizer().save_pretrained(tmp_path)
    assert tokens(str(tmp_path), "CO") == ["C", "O"]


def test_t5_is_taken_from_a_folder(tmp_path):
    byte_tokenizer().save_pretrained(tmp_path)
    assert find_tokenizer(f"t5:{tmp_path}").title == f"sentence pieces of {tmp_path}"
    assert tokens(f"t5:{tmp_path}", "CO") == ["C", "O"]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("t5:/absent", "give t5:PATH"), ("/absent", "give words, characters, scibert"), ("", "give words, characters")],
)
def test_what_is_not_there_is_refused_in_one_line(name, remedy):
    with pytest.raises(ValueError, match=f"cannot be loaded; {remedy}") as caught:
        find_tokenizer(name)
    assert "\n" not in str(caught.value)
