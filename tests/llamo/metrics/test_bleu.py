"""BLEU is NLTK's, number for number."""

import math
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llamo.metrics.bleu import BleuScorer
from llamo.metrics.scorer import Pairs, bootstrap, score

TEXTS = st.text("abc", max_size=9)
ROWS = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5)


def bleu(predictions: list[str], references: list[str], tokenizer: str = "characters") -> dict[str, float]:
    found = score(BleuScorer(tokenizer=tokenizer), Pairs(predictions, references), resamples=0)
    return {name: one.value for name, one in found.items()}


def nltk_bleu(predictions: list[str], references: list[str], longest: int) -> float:
    from nltk.translate.bleu_score import corpus_bleu

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about lengths of n-grams that have no match
        return corpus_bleu([[list(one)] for one in references], [*map(list, predictions)], (1 / longest,) * longest)


def test_the_same_text_scores_one():
    assert bleu(["CCO=O"], ["CCO=O"]) == {"bleu_2": 1.0, "bleu_4": 1.0}


def test_shares_are_of_all_rows_together():
    # Letters found 4 of 5, pairs 2 of 3; as many letters as in the references.
    assert bleu(["abx", "cd"], ["abc", "cd"])["bleu_2"] == pytest.approx(math.sqrt(4 / 5 * 2 / 3))


def test_a_letter_counts_as_often_as_the_reference_has_it():
    assert bleu(["aab"], ["ab"])["bleu_2"] == pytest.approx(math.sqrt(2 / 3 * 1 / 2))


def test_short_answers_are_punished():
    assert bleu(["ab"], ["abcd"])["bleu_2"] == pytest.approx(math.exp(1 - 4 / 2))


def test_words_are_counted_where_words_are_asked_for():
    assert bleu(["An acid."], ["an ACID"], tokenizer="words")["bleu_2"] == 1.0


@pytest.mark.parametrize(("prediction", "reference"), [("", "ab"), ("ab", ""), ("", ""), ("xy", "ab")])
def test_no_match_scores_nothing(prediction, reference):
    assert bleu([prediction], [reference]) == {"bleu_2": 0.0, "bleu_4": 0.0}


def test_where_a_length_has_no_match_nltk_takes_the_smallest_float():
    assert bleu(["abx"], ["abc"])["bleu_4"] == pytest.approx((2 / 3 * 1 / 2) ** 0.25 * math.sqrt(sys.float_info.min))


@settings(deadline=None)
@given(ROWS, st.sampled_from([2, 4]))
def test_any_rows_score_as_in_nltk(rows, longest):
    predictions, references = map(list, zip(*rows, strict=True))
    assert bleu(predictions, references)[f"bleu_{longest}"] == nltk_bleu(predictions, references, longest)


def test_the_columns_hold_each_row_s_own_bleu():
    predictions, references = ["abcdef", "abab", ""], ["abcdxf", "baba", "a"]
    columns = BleuScorer(tokenizer="characters").measure(Pairs(predictions, references))
    for longest in (2, 4):
        assert columns[f"bleu_{longest}"].tolist() == [
            nltk_bleu([said], [true], longest) for said, true in zip(predictions, references, strict=True)
        ]


def test_rows_that_are_drawn_score_as_if_they_were_all():
    predictions, references = ["abcdef", "abab", "xx"], ["abcdxf", "baba", "a"]
    scorer = BleuScorer(tokenizer="characters")
    columns = scorer.measure(Pairs(predictions, references))
    drawn = np.array([2, 0, 0])
    sample = scorer.summarise({name: column[drawn] for name, column in columns.items()})
    assert sample == bleu([predictions[row] for row in drawn], [references[row] for row in drawn])


def test_the_interval_holds_the_score():
    scorer = BleuScorer(tokenizer="characters")
    columns = scorer.measure(Pairs(["abcd", "abxy", "wxyz", "abcz"] * 10, ["abcd"] * 40))
    found = bootstrap(scorer, columns, resamples=200)["bleu_2"]
    assert found.low < found.value < found.high


def test_the_tokenizer_is_printed_with_the_score():
    assert BleuScorer(tokenizer="characters").settings == {"tokenizer": "characters"}
