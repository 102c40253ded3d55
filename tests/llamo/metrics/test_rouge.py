"""ROUGE is that of `rouge_score`, number for number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llamo.metrics.rouge import NAMES, RougeScorer
from llamo.metrics.scorer import Pairs, score

TEXTS = st.lists(st.sampled_from(["The", "acid", "acids", "(2S)-x", "δ-d", ".", "12,13"]), max_size=8).map(" ".join)


def rouge(prediction: str, reference: str, tokenizer: str = "words") -> dict[str, float]:
    found = score(RougeScorer(tokenizer=tokenizer), Pairs([prediction], [reference]), resamples=0)
    return {name: one.value for name, one in found.items()}


def test_the_same_words_score_one():
    assert rouge("An acid, odd.", "an acid (odd)") == {"rouge_1": 1.0, "rouge_2": 1.0, "rouge_l": 1.0}


def test_words_pairs_and_the_longest_common_sequence_are_counted():
    # Words b a c of 3 and a b c d of 4; no common pair; longest common sequence of two.
    expected = {"rouge_1": 2 * 3 / 7, "rouge_2": 0.0, "rouge_l": 2 * 2 / 7}
    assert rouge("b a c", "a b c d") == pytest.approx(expected)


def test_words_are_not_stemmed():
    assert rouge("acids", "acid")["rouge_1"] == 0.0


@pytest.mark.parametrize(("prediction", "reference"), [("", "acid"), ("acid", ""), ("", ""), ("δ", "δ")])
def test_no_words_score_nothing(prediction, reference):
    assert rouge(prediction, reference) == {"rouge_1": 0.0, "rouge_2": 0.0, "rouge_l": 0.0}


@settings(deadline=None)
@given(prediction=TEXTS, reference=TEXTS)
def test_any_pair_scores_as_in_rouge_score(prediction, reference):
    from rouge_score.rouge_scorer import RougeScorer as Rouge

    theirs = Rouge(list(NAMES.values())).score(reference, prediction)
    assert rouge(prediction, reference) == {name: theirs[other].fmeasure for name, other in NAMES.items()}


def test_another_tokenizer_is_passed_on():
    assert rouge("ab", "cb", tokenizer="characters")["rouge_1"] == pytest.approx(0.5)


def test_the_score_is_the_mean_of_rows():
    scorer = RougeScorer()
    columns = scorer.measure(Pairs(["acid", "base"], ["acid", "acid"]))
    assert np.array_equal(columns["rouge_1"], [1.0, 0.0])
    assert scorer.summarise(columns)["rouge_1"] == 0.5


def test_the_tokenizer_is_printed_apart_from_that_of_bleu():
    assert RougeScorer(tokenizer="characters").settings == {"rouge_tokenizer": "characters"}
