"""Every kind of planted error is found, and none in the conversation without it."""

import pytest

from llamo.checking import Context, Conversation, Turn, check
from llamo.checking.check import find_opsin
from llamo.checking.planting import PLANTERS, plant
from tests.llamo.checking.conversations import DESCRIPTION

LONG = "It is a member of the class of benzoic acids that is salicylic acid with an acetyl group on its oxygen."
KNOWN = {
    "CC(=O)Oc1ccccc1C(=O)O": ("C9H8O4", "2-acetyloxybenzoic acid", "It is a conjugate acid of a foobarate(1-)."),
    "Cn1c(=O)c2c(ncn2C)n(C)c1=O": (
        "C8H10N4O2",
        "1,3,7-trimethylpurine-2,6-dione",
        "It is a conjugate acid of a caff(1-).",
    ),
}


def conversation(row: int, smiles: str) -> Conversation:
    formula, name, conjugate = KNOWN[smiles]
    turns = (
        Turn("What is it?", LONG if row == 0 else LONG.replace("acids", "derivatives")),
        Turn("What is its molecular formula?", formula),
        Turn("How many rings does it have?", "1" if row == 0 else "2"),
        Turn("How many oxygen atoms does it have?", "4" if row == 0 else "2"),
        Turn("What is its IUPAC name?", name),
        Turn("What is the SMILES of this molecule?", smiles),
        Turn("Is it the conjugate acid of something?", conjugate),
        Turn("In what capacity does it act?", "It has a role as an antipyretic and a platelet aggregation inhibitor."),
    )
    return Conversation(row, (smiles,), turns, Context(DESCRIPTION + LONG, name))


CONVERSATIONS = [conversation(row, smiles) for row, smiles in enumerate(KNOWN)]


def test_nothing_is_wrong_before():
    assert all(verdict.is_good for verdict in check(CONVERSATIONS).verdicts)


@pytest.mark.parametrize("kind", PLANTERS)
def test_a_planted_error_is_found_where_it_was_planted(kind):
    if kind == "name of another molecule" and find_opsin() is None:
        pytest.skip("OPSIN or Java is not installed")
    planted = plant(kind, CONVERSATIONS, limit=2)
    assert planted
    for error in planted:
        original = CONVERSATIONS[error.conversation.row]
        verdict = check([original, error.conversation]).verdicts[1]
        assert (*error.finding, error.turn) in [(one.area, one.kind, one.turn) for one in verdict.findings]


def test_the_same_seed_plants_the_same():
    assert plant("wrong formula", CONVERSATIONS, limit=2, seed=3) == plant(
        "wrong formula", CONVERSATIONS, limit=2, seed=3
    )


def test_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match="a kind is one of wrong formula"):
        plant("bad mood", CONVERSATIONS, limit=1)
