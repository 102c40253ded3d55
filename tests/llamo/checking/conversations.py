"""A small set of conversations that are right, for tests."""

from llamo.checking import Context, Conversation, Turn

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
DESCRIPTION = (
    "The molecule is a member of the class of benzoic acids that is salicylic acid with an acetyl group. It has a role "
    "as an antipyretic and a platelet aggregation inhibitor."
)


def aspirin(row: int = 0, **changes) -> Conversation:
    turns = (
        Turn("What is its molecular formula?", "C9H8O4"),
        Turn("How many aromatic rings does it have?", "1"),
        Turn("What is it used for?", "It has a role as an antipyretic and a platelet aggregation inhibitor."),
    )
    known = Context(DESCRIPTION, "2-acetyloxybenzoic acid")
    return Conversation(**{"row": row, "molecules": (ASPIRIN,), "turns": turns, "context": known, **changes})


def with_turn(question: str, answer: str, **changes) -> Conversation:
    return aspirin(turns=(Turn(question, answer),), **changes)
