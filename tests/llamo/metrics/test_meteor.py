"""METEOR is NLTK's, number for number."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llamo.metrics.meteor import MeteorScorer
from llamo.metrics.scorer import Pairs, score
from tests.llamo.metrics.wordnet_files import EXCEPTIONS, INSTALLED, SYNSETS, needs_wordnet, nltk_reader, write_wordnet

WORDS = sorted({word for synsets in SYNSETS.values() for words in synsets for word in words if word.isalpha()})
FORMS = [
    *WORDS,
    *(line.split()[0] for lines in EXCEPTIONS.values() for line in lines),
    "cars",
    "melted",
    "melting",
    "x",
]
SENTENCES = st.lists(st.sampled_from(FORMS), max_size=8).map(" ".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_wordnet(tmp_path_factory.mktemp("wordnet"))


@pytest.fixture(scope="module")
def nltk_wordnet(folder, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        yield nltk_reader(folder, tmp_path_factory.mktemp("copy"), patch)


def meteor(folder, prediction: str, reference: str) -> float:
    scorer = MeteorScorer(tokenizer="words", wordnet=folder)
    return score(scorer, Pairs([prediction], [reference]), resamples=0)["meteor"].value


def test_the_same_text_scores_nearly_one(folder):
    # One chunk of three matches: 1 - 0.5 (1 / 3)^3.
    assert meteor(folder, "an odd ester", "An odd ester.") == pytest.approx(1 - 0.5 / 27)


def test_order_and_missing_words_cost(folder):
    # Two of three and of four words match, in two chunks: P 2/3, R 1/2, (1 - 0.5) P R / (0.9 P + 0.1 R).
    assert meteor(folder, "b a x", "a b c d") == pytest.approx(0.5 * (1 / 3) / (0.6 + 0.05))


def test_words_of_one_stem_match(folder):
    assert meteor(folder, "esters", "ester") == pytest.approx(0.5)


def test_synonyms_match(folder):
    assert meteor(folder, "autos", "car") == pytest.approx(0.5)


def test_other_words_do_not_match(folder):
    assert meteor(folder, "acid", "car") == 0.0


@pytest.mark.parametrize(("prediction", "reference"), [("", "acid"), ("acid", ""), ("", "")])
def test_no_words_score_nothing(folder, prediction, reference):
    assert meteor(folder, prediction, reference) == 0.0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(prediction=SENTENCES, reference=SENTENCES)
def test_any_pair_scores_as_in_nltk(folder, nltk_wordnet, prediction, reference):
    from nltk.translate.meteor_score import meteor_score

    theirs = meteor_score([reference.lower().split()], prediction.lower().split(), wordnet=nltk_wordnet)
    assert meteor(folder, prediction, reference) == theirs


def test_the_score_is_the_mean_of_rows(folder):
    scorer = MeteorScorer(tokenizer="words", wordnet=folder)
    columns = scorer.measure(Pairs(["car", "x", "auto"], ["car", "car", "car"]))
    assert columns["meteor"].tolist() == [0.5, 0.0, 0.5]
    assert scorer.summarise(columns) == {"meteor": pytest.approx(1 / 3)}


def test_tokenizer_and_wordnet_are_printed_with_the_score(folder):
    printed = MeteorScorer(tokenizer="characters", wordnet=folder).settings
    assert printed == {"tokenizer": "characters", "wordnet": "3.0"}


def test_without_wordnet_nothing_is_scored(tmp_path):
    with pytest.raises(ValueError, match="is not WordNet"):
        MeteorScorer(tokenizer="words", wordnet=tmp_path)


@needs_wordnet
def test_with_the_real_wordnet_it_is_nltk_s_too(tmp_path, monkeypatch):
    from nltk.translate.meteor_score import meteor_score

    words = [
        "the",
        "molecule",
        "is",
        "a",
        "salt",
        "compound",
        "that",
        "has",
        "a",
        "function",
        "as",
        "toxin",
        "and",
        "remedy",
        "found",
        "in",
        "plants",
        "leaves",
        "tree",
    ]
    random = np.random.default_rng(0)
    predictions, references = ([" ".join(random.choice(words, 12)) for _ in range(50)] for _ in range(2))
    known = nltk_reader(INSTALLED, tmp_path, monkeypatch)
    theirs = [
        meteor_score([true.split()], said.split(), wordnet=known)
        for said, true in zip(predictions, references, strict=True)
    ]
    ours = MeteorScorer(tokenizer="words", wordnet=INSTALLED).measure(Pairs(predictions, references))["meteor"]
    assert ours.tolist() == theirs
