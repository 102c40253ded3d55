"""The molecule that a question is about where no column says so: a SMILES or an IUPAC name in its text."""

import re
from collections.abc import Sequence
from dataclasses import replace

from llamo.checking.conversation import Conversation
from llamo.checking.naming import Names
from processors import MoleculeError
from processors.molecule import muted_rdkit, parse

# A structure has brackets, bonds, ring numbers or lower-case aromatic atoms; words have none of it in this mixture.
_STRUCTURE = re.compile(r"[\[\]()=#@/\\]|[cnos]\d|\d[cnos]|^[A-Z]{3,}$")
_ASKS_ABOUT_ONE = re.compile(r"\b(?:formula|IUPAC|SMILES|description|describe|weight|rings?|atoms?|charge)\b", re.I)
_REACTION = re.compile(r">|~|___|\breact|\byield\b|\bsynthe", re.I)
_NAME = re.compile(r"(?:\bmolecule is|\bSMILES of|\bnamed|\bcalled|\bname is|:)\s+(?P<name>\S[^\n]*?)\.?\s*$")
# Atoms; shorter pieces are too often words.
_FEWEST_ATOMS = 3


def with_subjects(conversations: Sequence[Conversation], names: Names) -> list[Conversation]:
    """Conversations without molecule get the one that their first question writes out, if there is just one."""
    open_ones = {place: _name_in(one) for place, one in enumerate(conversations) if not one.molecules}
    names.learn(name for name in open_ones.values() if name)
    found = list(conversations)
    for place, name in open_ones.items():
        smiles = smiles_in(conversations[place].turns[0].question) if _is_about_one(conversations[place]) else []
        if len(smiles) == 1:
            found[place] = replace(conversations[place], molecules=(smiles[0],))
        elif not smiles and name and names.molecule(name) is not None:
            found[place] = replace(conversations[place], molecules=(names.smiles(name),))
    return found


def smiles_in(text: str) -> list[str]:
    """Pieces of a text that are SMILES, each once."""
    pieces = (piece.strip("`'\"").rstrip(".,;:?!") for piece in text.split())
    return list(
        dict.fromkeys(piece for piece in pieces if len(piece) > 2 and _STRUCTURE.search(piece) and _is_read(piece))
    )


def _is_about_one(conversation: Conversation) -> bool:
    question = conversation.turns[0].question if conversation.turns else ""
    return _ASKS_ABOUT_ONE.search(question) is not None and not _REACTION.search(question)


def _name_in(conversation: Conversation) -> str | None:
    if not _is_about_one(conversation):
        return None
    match = _NAME.search(conversation.turns[0].question)
    return None if match is None else match["name"]


def _is_read(piece: str) -> bool:
    try:
        with muted_rdkit():
            return parse(piece).GetNumAtoms() >= _FEWEST_ATOMS
    except (MoleculeError, ValueError):
        return False
