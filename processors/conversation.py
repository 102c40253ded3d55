"""Conversations with molecules: from content parts to the text a chat template renders."""

import re
from typing import Any

from processors.graph import MoleculeGraph
from processors.placeholders import GRAPH_TOKEN, MOLECULE_MARK, TEXT_MARKS

_PRIVATE = re.compile(f"[{MOLECULE_MARK}{TEXT_MARKS}]")
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


def build_conversation(
    instruction: str | list[dict],
    molecules: list,
    *,
    output: str | None = None,
    system: str | None = None,
    row: int = 0,
) -> list[dict]:
    """A data record as messages: system turn, the molecules in the first user turn, the final answer stripped.

    Args:
        instruction: the question, or all turns before the final answer.
        molecules: what the first user turn is about.
        output: the final answer; None leaves the question open.
        system: text of the system turn; None leaves it out.
        row: number that an error names.

    Raises:
        ValueError: the turns do not begin with a user's text, or placeholders and molecules differ in number.
    """
    turns = [{"role": "user", "content": instruction}] if isinstance(instruction, str) else list(instruction)
    if not turns or turns[0]["role"] != "user" or not isinstance(turns[0]["content"], str):
        raise ValueError(f"row {row}: the instruction must be a text, or turns that begin with a user's text")
    messages = [] if system is None else [{"role": "system", "content": system}]
    messages += build_user_turn(turns[0]["content"], molecules, row=row) + turns[1:]
    return messages if output is None else [*messages, {"role": "assistant", "content": output.strip()}]


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


def render_turn(pieces: list[str | MoleculeGraph], smiles_of) -> str:
    """As `render_content`, but all SMILES stand in front of the turn and only marks where the molecules are."""
    written = " ".join(filter(None, (smiles_of(piece) for piece in pieces if isinstance(piece, MoleculeGraph))))
    content = render_content(pieces, lambda graph: MOLECULE_MARK)
    return f"{written} {content}" if written and not content.startswith(MOLECULE_MARK) else written + content


def scrub(text: str) -> str:
    """User text without the private marks: of a molecule, and of text that reads like a control token."""
    return _PRIVATE.sub("", text)
