"""All checks together: what is found, what is counted, and that good conversations pass."""

import pytest

from llamo.checking import CheckOptions, check
from llamo.checking.leakage import held_out_by
from llamo.instructions.exemplars import exemplars
from tests.llamo.checking.conversations import ASPIRIN, aspirin, with_turn


def found(conversation, **options) -> list[tuple[str, str]]:
    (verdict,) = check([conversation], CheckOptions(**options)).verdicts
    return [(one.area, one.kind) for one in verdict.findings]


def test_a_good_conversation_is_good():
    result = check([aspirin()])
    assert result.verdicts[0].is_good
    assert result.verdicts[0].findings == ()
    assert result.summary["good"] == 1
    assert result.summary["claims"]["formula"]["checked"] == 1


def test_hand_written_exemplars_pass_every_check():
    verdicts = check(exemplars()).verdicts
    assert [verdict.reasons for verdict in verdicts] == [[]] * len(verdicts)
    assert sum(sum(verdict.checked.values()) for verdict in verdicts) >= 8


def test_roles_that_nothing_backs_are_flagged_and_with_strict_are_errors():
    claim = with_turn("What is it used for?", "It is used as a herbicide.")
    assert found(claim) == [("support", "not in context")]
    assert check([claim]).verdicts[0].is_good
    assert not check([claim], CheckOptions(strict=True)).verdicts[0].is_good


def test_roles_of_the_context_are_supported():
    assert (
        found(with_turn("What is it used for?", "It inhibits the aggregation of platelets and is an antipyretic."))
        == []
    )


def test_without_a_context_support_is_not_asked_for():
    from llamo.checking import Context

    assert found(with_turn("What is it used for?", "It is used as a herbicide.", context=Context())) == []


def test_a_molecule_that_cannot_be_read_is_an_error():
    (verdict,) = check([aspirin(molecules=("C(",))]).verdicts
    assert verdict.reasons == ["form: molecule"]
    assert "SMILES" in str(verdict.findings[0]) or "C(" in str(verdict.findings[0])


def test_conversations_that_repeat_one_are_found_by_row():
    verdicts = check([aspirin(row=3), aspirin(row=7)]).verdicts
    assert verdicts[0].is_good
    assert "repeats row 3" in str(verdicts[1].findings[0])


def test_test_molecules_are_found_whatever_their_spelling(tmp_path):
    tests = tmp_path / "test.csv"
    tests.write_text("id,structure\n1,OC(=O)c1ccccc1OC(C)=O\n")
    held_out = held_out_by([f"{tests}:structure"])
    assert found(aspirin(), held_out=held_out) == [("leakage", "test molecule")]


def test_a_missing_column_of_a_test_set_is_named(tmp_path):
    tests = tmp_path / "test.csv"
    tests.write_text("id,structure\n1,CCO\n")
    with pytest.raises(ValueError, match="no column 'smiles'"):
        held_out_by([str(tests)])


def test_the_molecule_is_found_in_the_question_where_no_column_names_it():
    question = f"Please tell me the molecular formula. The molecule is {ASPIRIN}."
    assert found(with_turn(question, "C9H8O5", molecules=())) == [("chemistry", "formula")]


def test_kinds_of_questions_and_distinct_words_are_measured():
    diversity = check([aspirin()]).summary["diversity"]
    assert diversity["question_kinds"] == {"formula": 1, "number": 1, "role": 1}
    assert diversity["question_kind_entropy_bits"] == pytest.approx(1.585, abs=1e-3)
    assert diversity["distinct_n_questions"][1] == pytest.approx(14 / 17)
