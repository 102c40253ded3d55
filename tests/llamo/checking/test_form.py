"""Form: complete, of the right length, no prompt, no answer in its question."""

import pytest

from llamo.checking import Turn
from llamo.checking.form import FormRules, check_form, is_truncated, usual_rules
from tests.llamo.checking.conversations import aspirin, with_turn


def kinds(conversation, rules: FormRules | None = None) -> list[str]:
    return [finding.kind for finding in check_form(conversation, rules or FormRules())]


def test_nothing_is_found_in_a_good_conversation():
    assert kinds(aspirin()) == []


def test_turns_are_counted():
    assert kinds(aspirin(), FormRules(min_turns=4)) == ["turn count"]
    assert kinds(aspirin(), FormRules(max_turns=2)) == ["turn count"]


@pytest.mark.parametrize(
    "answer",
    [
        "According to the given context, it is an acid.",
        "Based on the description, it is an acid.",
        "The description does not say.",
        "As an AI language model, I see an acid.",
        "An acid.\nQ: What else?",
        "It is an acid.<|im_end|>",
    ],
)
def test_a_leaked_prompt_is_found(answer):
    assert "leaked prompt" in kinds(with_turn("What is it?", answer))


def test_a_form_that_a_question_wants_is_no_leak():
    assert kinds(with_turn("Pick a solvent.\nAnswer: (from the list)", "CCO")) == []


@pytest.mark.parametrize(
    "answer",
    [
        "It has a role as an anti",
        "The molecule is an ester of",
        "2-(acetyloxy",
        "It contains an amine and",
        "It is, for one,",
    ],
)
def test_what_breaks_off_is_truncated(answer):
    assert is_truncated(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "C9H8O4",
        "Yes",
        "2-acetyloxybenzoic acid",
        "Potassium channel subfamily K member 18 opener",
        "It is one (of many).",
        "12.5",
    ],
)
def test_values_names_and_lists_are_whole(answer):
    assert not is_truncated(answer)


def test_files_without_full_stops_need_none():
    long = "it is an acid that has a role as a drug"
    without = [with_turn("What is it?", long)] * 3
    assert not usual_rules(without).sentences_end
    assert usual_rules([with_turn("What is it?", f"{long}.")] * 3).sentences_end


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the formula, knowing that it is C9H8O4?", "C9H8O4"),
        ("What is the IUPAC name of 2-acetyloxybenzoic acid?", "2-acetyloxybenzoic acid"),
        ("Give the SMILES of CC(=O)Oc1ccccc1C(=O)O.", "CC(=O)Oc1ccccc1C(=O)O"),
        ("The molecule has 1 ring. How many rings does it have?", "1"),
        ("Is it not a platelet aggregation inhibitor? What is it?", "A platelet aggregation inhibitor."),
    ],
)
def test_an_answer_in_its_question_is_found(question, answer):
    assert "answer given away" in kinds(with_turn(question, answer))


def test_choices_give_nothing_away():
    assert kinds(with_turn("Is it a small molecule or a protein?", "A small molecule")) == []


def test_a_question_asked_twice_is_flagged_but_no_error():
    turns = (Turn("What is it?", "An acid."), Turn("what is  it?", "An ester."))
    (finding,) = check_form(aspirin(turns=turns), FormRules())
    assert finding.kind == "repeated question"
    assert not finding.is_error
