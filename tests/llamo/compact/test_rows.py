"""Conversations for training: what is retrieved, refused, respelled; and that the seed decides all of it."""

import numpy as np
import pytest
from rdkit import Chem

from llamo.compact import refusals
from llamo.compact.rows import MOST_RETRIEVED, OWN_SHARE, RETRIEVED_SHARE, RowMaker, count
from llamo.compact.sources import Question
from processors.retrieval import CaptionIndex

SMILES = ["CCO", "CCCO", "c1ccccc1O", "CC(N)C(=O)O"]
QUESTIONS = [Question("description", one, "Describe it.", f"caption of {one}") for one in SMILES]


def make(seed: int = 0) -> RowMaker:
    index = CaptionIndex(SMILES, [question.answer for question in QUESTIONS])
    return RowMaker(index, seed=seed)


def test_captions_are_of_other_molecules_or_now_and_then_the_answer_itself():
    rows = list(make().descriptions(QUESTIONS, copies=200))
    assert len(rows) == 800
    captions = [row.turns[0][0].splitlines()[1:-2] for row in rows if "Similar molecules" in row.turns[0][0]]
    assert len(captions) / len(rows) == pytest.approx(RETRIEVED_SHARE, abs=0.06)
    answers = [row.turns[0][1] for row in rows if "Similar molecules" in row.turns[0][0]]
    own = [f"[100 %] {answer}" in shown for shown, answer in zip(captions, answers, strict=True)]
    assert np.mean(own) == pytest.approx(OWN_SHARE, abs=0.06)
    for shown, answer, is_own in zip(captions, answers, own, strict=True):
        assert 1 <= len(shown) <= MOST_RETRIEVED
        assert sum(line.endswith(f"] {answer}") for line in shown) == is_own


def test_respelled_molecules_are_the_same():
    rows = list(make().single(QUESTIONS, copies=20))
    spellings = {row.smiles for row in rows}
    assert len(spellings) > len(SMILES)
    assert {Chem.CanonSmiles(one) for one in spellings} == {Chem.CanonSmiles(one) for one in SMILES}


def test_facts_are_true_and_some_questions_are_refused():
    rows = list(make().facts(SMILES * 20))
    answers = [answer for row in rows for question, answer in row.turns if question.startswith("How many carbon atoms")]
    assert answers and all(answer.isdigit() for answer in answers)
    refused = [question for row in rows for question, answer in row.turns if answer == refusals.ANSWER]
    assert refused and set(refused) <= set(refusals.questions())


def test_questions_kept_for_measuring_are_not_trained_on():
    assert not set(refusals.questions()) & set(refusals.questions(held_out=True))
    assert not set(refusals.other_questions()) & set(refusals.other_questions(held_out=True))


def test_a_talk_begins_with_the_description():
    (row, *_) = make().talks(QUESTIONS)
    assert row.turns[0] == ("Describe it.", "caption of CCO")
    assert len(row.turns) == 3


@pytest.mark.parametrize("seed", [0, 1])
def test_the_seed_decides(seed):
    one, other, third = (list(make(seed=number).facts(SMILES)) for number in (seed, seed, seed + 1))
    assert one == other != third


def test_rows_are_counted_by_kind():
    assert count(list(make().refusals(SMILES)))["refusal"] == 4 + len(refusals.other_questions())
