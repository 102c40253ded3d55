"""Conversations with molecules: from content parts to the text a chat template renders."""

import re
from typing import Any

from processors.graph import MoleculeGraph
from processors.placeholders import GRAPH_TOKEN, MOLECULE_MARK

# Keys under which a content part of type "molecule" may carry its molecule.
MOLECULE_KEYS = ("molecule", "smiles", "mol", "mol_block", "graph")


def build_user_turn(prompt: str, molecules: list, *, row: int) -> list[dict]:
    """One user turn: molecules where the prompt says `<graph>`, or in front of it as the paper does.

    Raises:
        ValueError: the prompt names another number of molecules than came.
    """
    texts = prompt.split(GRAPH_TOKEN)
    if len(texts) == 1:
        parts = [_molecule_part(molecule) for molecule in molecules] + [_text_part(prompt)]
    elif len(texts) - 1 != len(molecules):
        raise ValueError(
            f"row {row}: the prompt has {len(texts) - 1} {GRAPH_TOKEN} placeholders, but {len(molecules)} molecules "
            "came"
        )
    else:
        parts = [_text_part(texts[0])]
        for molecule, text in zip(molecules, texts[1:], strict=True):
            parts += [_molecule_part(molecule), _text_part(text)]
    return [{"role": "user", "content": parts}]


def _molecule_part(molecule: Any) -> dict:
    return {"type": "molecule", "molecule": molecule}


def _text_part(text: str) -> dict:
    return {"type": "text", "text": text}


def molecule_of(part: dict, *, where: str) -> Any:
    """The molecule a content part carries.

    Raises:
        ValueError: it carries none, or several.
    """
    found = [part[key] for key in MOLECULE_KEYS if part.get(key) is not None]
    if len(found) != 1:
        raise ValueError(
            f"{where}: a molecule part needs exactly one of {', '.join(MOLECULE_KEYS)}; got the keys {sorted(part)}"
        )
    return found[0]


def render_content(pieces: list[str | MoleculeGraph], molecule_text) -> str:
    """Joins text and molecules; a space is added where a molecule would touch a word or another molecule."""
    text = ""
    for piece in pieces:
        written = piece if isinstance(piece, str) else molecule_text(piece)
        glued = text and written and (text.endswith(MOLECULE_MARK) or not isinstance(piece, str))
        if glued and re.match(r"\S", text[-1]) and re.match(r"[^\s.,;:!?)\]}]", written):
            text += " "
        text += written
    return text


def scrub(text: str) -> str:
    """User text without the private mark that stands for a molecule."""
    return text.replace(MOLECULE_MARK, "")
