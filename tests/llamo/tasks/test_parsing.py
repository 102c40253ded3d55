"""Answers are read out of what models say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llamo.tasks import parsing


def test_text_loses_the_white_space_around_it():
    assert parsing.text("  An alcohol.\n") == "An alcohol."


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("-0.2576", "-0.2576"),
        ("The gap is 0.25 Hartree, not 0.3.", "0.25"),
        ("\u22120.25 Hartree", "-0.25"),
        ("+3", "3"),
        (".5", ".5"),
        ("It is 5.", "5"),
        ("1.2e-3", "1.2e-3"),
        ("1.2E\u22123", "1.2e-3"),
        ("1.2 x 10^-3 mol/L", "1.2e-3"),
        ("1.2 \u00d7 10\u207b\u00b3", "1.2e-3"),
        ("2 x 10 cm", "2"),
        ("1,234.5", "1234.5"),
        ("HOMO of C6H6: -0.25 (QM9)", "-0.25"),
        ("**0.25**", "0.25"),
        ("0.25eV", "0.25"),
        ("- 0.25", "-0.25"),
        ("The energy is \u2212 0.25 Hartree", "-0.25"),
        ("3 - 5", "3"),
        ("3-5", "3"),
        ("0.1,0.2", "0.1"),
        ("-1.2.3", ""),
        ("It is 3.5.", "3.5"),
        ("1,234,567", "1234567"),
        ("I do not know.", ""),
        ("C6H6", ""),
        ("", ""),
    ],
)
def test_the_first_number_is_read(answer, number):
    assert parsing.number(answer) == number


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("\u03b5-0.2", ""),
        ("HOMO-0.25", ""),
        ("HOMO\u22120.25", ""),
        ("HOMO-1 lies at -0.3", "-0.3"),
        ("-1,5", ""),
        ("1,5 eV", ""),
        ("0,250", ""),
        ("1,2345", ""),
        ("1,2-dichlorobenzene: -0.25", "-0.25"),
    ],
)
def test_a_dash_or_comma_of_unclear_meaning_makes_no_number(answer, number):
    assert parsing.number(answer) == number


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.integers(0, 6))
def test_a_written_number_is_read_as_it_is(value, decimals):
    written = f"{value:.{decimals}f}"
    assert float(parsing.number(f"It is {written} eV.")) == float(written)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Yes", "Yes"),
        ("no.", "No"),
        ("**NO**, it does not.", "No"),
        ("Answer: yes", "Yes"),
        ("Nothing is known.", ""),
        ("", ""),
    ],
)
def test_yes_and_no_are_read(answer, said):
    assert parsing.yes_no(answer) == said


@pytest.mark.parametrize(
    ("answer", "letter"),
    [
        ("A", "A"),
        ("b", "B"),
        ("(B)", "B"),
        ("C.", "C"),
        ("Option C", "C"),
        ("Answer: D", "D"),
        ("The answer is (B), not (A).", "B"),
        ("The correct answer is option C", "C"),
        ("B) The molecule is an alcohol.", "B"),
        ("A molecule like this fits (D).", "D"),
        ("It must be B.", "B"),
        ("B) The molecule is the (R)-enantiomer", "B"),
        ("B. (S)-lactate", "B"),
        ("B. (D)-lactate", "B"),
        ("I choose B because it is (D)-configured", "B"),
        ("A) An alcohol.\nB) An acid.\nAnswer: B", "B"),
        ("It is the (R)-enantiomer", ""),
        ("Option E", ""),
        ("e", ""),
        ("A molecule of this kind is an alcohol", ""),
        ("", ""),
    ],
)
def test_the_letter_of_a_choice_is_read(answer, letter):
    assert parsing.choice(answer) == letter


@pytest.mark.parametrize(
    ("answer", "smiles"),
    [
        ("CCO", "CCO"),
        (" CCO\n", "CCO"),
        ("C1CC(", "C1CC("),
        ("", ""),
        ("Here it is:\n```\nCCO\n```", "CCO"),
        ("```smiles\nC(C\n```", "C(C"),
        ("The product is `CCO` (ethanol).", "CCO"),
        ("SMILES: C1CC( as I think", "C1CC("),
        ("The SMILES is CC=O.", "CC=O"),
        ("The SMILES of methane: C", "C"),
        ("The SMILES CC=O is acetaldehyde", "CC=O"),
        ("I think that CCO reacts to CC=O.", "CC=O"),
        ("It is ethanol (CCO).", "CCO"),
        ("**CCO** it is", "CCO"),
        ("I do not know", "I do not know"),
        ("[Na+].[Cl-] forms", "[Na+].[Cl-]"),
    ],
)
def test_the_smiles_is_read_and_not_repaired(answer, smiles):
    assert parsing.smiles(answer) == smiles


@pytest.mark.parametrize(
    "answer",
    [
        "`CCO`",
        "```CCO```",
        "SMILES:CCO",
        "smiles:`CCO`",
        "**CCO**",
        "**SMILES:**CCO",
        "CCO</s>",
        "CCO </s>",
        "**SMILES:CCO**</s>",
        "The product is CCO</s>",
    ],
)
def test_what_is_around_a_smiles_is_taken_off(answer):
    assert parsing.smiles(answer) == "CCO"


@pytest.mark.parametrize("answer", ["*CCO*", "*", "**", "****", "**CCO", "CC**", "`CCO", "SMILES:"])
def test_asterisks_are_atoms_and_half_a_wrapper_stays(answer):
    assert parsing.smiles(answer) == answer


@given(st.text(alphabet="CNO()=#123[]+-@/\\.c", min_size=1))
def test_one_word_is_taken_as_it_is(answer):
    assert parsing.smiles(answer) == answer


@given(st.text() | st.lists(st.sampled_from(["`", "**", "*", "SMILES:", "</s>", "C", " ", "1", ",", "-"])).map("".join))
def test_nothing_a_model_says_breaks_a_parser(answer):
    for parse in (parsing.text, parsing.number, parsing.yes_no, parsing.choice, parsing.smiles):
        assert isinstance(parse(answer), str)
        assert parse(parse(answer)) == parse(answer)
