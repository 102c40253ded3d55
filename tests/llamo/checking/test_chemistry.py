"""Claims of formula, counts, groups, charge, mass, chirality, names and conjugates are decided as a chemist would."""

import pytest

from llamo.checking import Context, Turn
from llamo.checking.check import find_opsin
from llamo.checking.chemistry import judge
from llamo.checking.facts import facts_of
from llamo.checking.naming import Names

ASPIRIN, CAFFEINE, GLUCOSE = (
    "CC(=O)Oc1ccccc1C(=O)O",
    "Cn1c(=O)c2c(ncn2C)n(C)c1=O",
    "OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O",
)
ALANINE, TARTARIC_MESO = "C[C@H](N)C(=O)O", "OC(=O)[C@H](O)[C@H](O)C(=O)O"
SALT = "O=C([O-])Cc1ccccc1Nc1c(Cl)cccc1Cl.[K+]"

needs_opsin = pytest.mark.skipif(find_opsin() is None, reason="OPSIN or Java is not installed")


def states(
    smiles: str, question: str, answer: str, context: Context | None = None, *, opsin: bool = False
) -> list[tuple]:
    names = Names(find_opsin() if opsin else None)
    found = judge(Turn(question, answer), facts_of(smiles), context or Context(), names)
    return [(one.kind, one.state) for one in found]


@pytest.mark.parametrize(
    ("smiles", "question", "answer", "kind"),
    [
        (ASPIRIN, "What is the formula?", "C9H8O4", "formula"),
        (ASPIRIN, "What is it?", "It has the formula C9H8O4.", "formula"),
        (ASPIRIN, "Its molecular formula?", "It is C₉H₈O₄.", "formula"),
        (SALT, "What is its formula?", "C14H11Cl2NO2", "formula"),
        (ASPIRIN, "How many rings does it have?", "One.", "count"),
        (ASPIRIN, "How many rings does it have?", "1", "count"),
        (ASPIRIN, "Tell me more.", "It has one ring and 13 heavy atoms.", "count"),
        (ASPIRIN, "How many hydrogen bond acceptors does it have?", "It has 3.", "count"),
        (ASPIRIN, "How many hydrogen bond acceptors does it have?", "It has 4.", "count"),
        (GLUCOSE, "How many hydroxy groups does it have?", "Five.", "group count"),
        (ASPIRIN, "Does it contain an ester?", "Yes.", "group"),
        (ASPIRIN, "Does it contain an amide?", "No, it does not.", "group"),
        (ASPIRIN, "Which functional groups are there?", "Carboxylic acid, ester.", "group"),
        (ASPIRIN, "Describe it.", "It contains a carboxylic acid group and an ester, but no amine.", "group"),
        (ASPIRIN, "What is its net charge?", "0", "charge"),
        (ALANINE.replace("(N)", "([NH3+])").replace("=O)O", "=O)[O-]"), "What is it?", "It is a zwitterion.", "charge"),
        (ASPIRIN, "What is its molecular weight?", "180.16 g/mol", "mass"),
        (ASPIRIN, "What is its molecular weight?", "It is about 180.", "mass"),
        (ALANINE, "Is it chiral?", "It is chiral.", "chirality"),
        (TARTARIC_MESO, "Is it chiral?", "It is achiral.", "chirality"),
    ],
)
def test_true_claims_are_right(smiles, question, answer, kind):
    found = states(smiles, question, answer)
    assert found
    assert set(found) == {(kind, "right")}


@pytest.mark.parametrize(
    ("smiles", "question", "answer", "kind"),
    [
        (ASPIRIN, "What is the formula?", "C9H10O4", "formula"),
        (ASPIRIN, "How many rings does it have?", "Two.", "count"),
        (ASPIRIN, "How many carbon atoms are there?", "It has 8.", "count"),
        (CAFFEINE, "How many nitrogen atoms are there?", "There are three nitrogen atoms.", "count"),
        (GLUCOSE, "How many hydroxy groups does it have?", "It has six hydroxy groups.", "group count"),
        (ASPIRIN, "Does it contain an amide?", "Yes.", "group"),
        (ASPIRIN, "Does it contain an ester?", "No, it does not.", "group"),
        (ASPIRIN, "Describe it.", "The molecule contains a nitro group.", "group"),
        (ASPIRIN, "Describe it.", "It lacks a carboxylic acid.", "group"),
        (ASPIRIN, "Is it an acid?", "No. It contains a thiol.", "group"),
        (ASPIRIN, "What is its net charge?", "-1", "charge"),
        (ASPIRIN, "What is it?", "The molecule is a monocarboxylic acid anion.", "charge"),
        (ASPIRIN, "What is its molecular weight?", "194.19 g/mol", "mass"),
        (ALANINE, "Is it chiral?", "No, it is achiral.", "chirality"),
    ],
)
def test_false_claims_are_wrong(smiles, question, answer, kind):
    assert (kind, "wrong") in states(smiles, question, answer)


@pytest.mark.parametrize(
    "answer",
    [
        "Its parent has three rings.",
        "It has at least one ring.",
        "The two carbon atoms of the double bond are substituted.",
        "The acyl group has 18 carbons and 0 double bonds.",
        "It is an N-acyl-4-hydroxysphinganine in which the chain of 7 carbons is branched.",
        "It is substituted at positions 2, 3 and 5.",
    ],
)
def test_what_may_be_about_something_else_is_left_alone(answer):
    assert states(ASPIRIN, "Describe it.", answer) == []


def test_a_value_of_the_salt_and_of_its_neutral_parent_are_right():
    asked = "What is the molecular weight?"
    assert states(SALT, asked, "334.24") == states(SALT, asked, "296.15") == [("mass", "right")]


@needs_opsin
def test_names_are_read():
    asked = "What is its IUPAC name?"
    assert states(ASPIRIN, asked, "2-acetyloxybenzoic acid", opsin=True) == [("name", "right")]
    assert states(ASPIRIN, asked, "Its IUPAC name is 3-acetyloxybenzoic acid.", opsin=True) == [("name", "wrong")]
    assert states(ASPIRIN, asked, "wonderful acid of foo", opsin=True) == [("name", "unchecked")]


@needs_opsin
def test_stereo_in_a_name_counts_where_it_is_specified():
    asked = "Give the IUPAC name."
    assert states(ALANINE, asked, "(2S)-2-aminopropanoic acid", opsin=True) == [("name", "right")]
    assert states(ALANINE, asked, "(2R)-2-aminopropanoic acid", opsin=True) == [("name", "wrong")]
    assert states(ALANINE, asked, "2-aminopropanoic acid", opsin=True) == [("name", "right")]


def test_the_name_of_the_context_needs_no_opsin():
    context = Context(iupac="2-acetyloxybenzoic acid")
    assert states(ASPIRIN, "What is its IUPAC name?", "2-Acetyloxybenzoic acid", context) == [("name", "right")]
    assert states(ASPIRIN, "What is its IUPAC name?", "2-acetyloxyben", context) == [("name", "wrong")]


@needs_opsin
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("It is a conjugate acid of an acetylsalicylate.", "right"),
        ("It is a conjugate base of an acetylsalicylate.", "wrong"),
        ("It is a conjugate acid of a benzoate.", "wrong"),
        ("Its conjugate base is 2-acetyloxybenzoate.", "right"),
        ("It is a conjugate acid of a foobarate(1-).", "right"),
        ("It is a conjugate base of a foobarate(1-).", "wrong"),
        ("It is a conjugate acid of a foobarate.", "unchecked"),
    ],
)
def test_conjugates(answer, state):
    assert states(ASPIRIN, "And in base?", answer, opsin=True) == [("conjugate", state)]


def test_a_smiles_of_the_molecule_is_right_however_it_is_written():
    asked = "Give the SMILES of this molecule."
    assert states(ASPIRIN, asked, "OC(=O)c1ccccc1OC(C)=O") == [("smiles", "right")]
    assert states(ASPIRIN, asked, "OC(=O)c1ccccc1O") == [("smiles", "wrong")]
    assert states(ASPIRIN, asked, "OC(=O)c1ccc") == [("smiles", "wrong")]
