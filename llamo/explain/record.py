"""An explanation as plain lists and dicts, for JSON and for the page."""

from typing import TYPE_CHECKING, Any

import numpy as np

from llamo.explain.attention import Attention
from llamo.explain.drawing import blank_element
from llamo.explain.effects import Effects

if TYPE_CHECKING:
    from llamo.explain.explanation import ExplainedMolecule, Explanation

_DIGITS = 5


def record(explanation: "Explanation") -> dict[str, Any]:
    """See `Explanation.to_dict`; numbers have five digits behind the point."""
    return {
        "model": explanation.model,
        "question": explanation.question,
        "answer": explanation.answer,
        "is_own": explanation.is_own,
        "left_out": explanation.left_out,
        "log_probability": _rounded(explanation.log_probability.sum()),
        "words": [
            {"text": text, "log_probability": _rounded(log)}
            for text, log in zip(explanation.words, explanation.log_probability, strict=True)
        ],
        "molecules": [_molecule(one) for one in explanation.molecules],
    }


def _molecule(one: "ExplainedMolecule") -> dict[str, Any]:
    motifs = zip(one.motif_names, one.motifs, strict=True)
    return {
        "smiles": one.smiles,
        "atoms": one.atom_names,
        "motifs": [
            {"smiles": name, "atoms": list(motif.atoms), "own": list(motif.own), "is_ring": motif.is_ring}
            for name, motif in motifs
        ],
        "attention": None if one.attention is None else _attention(one.attention),
        "effects": {name: _effects(effects) for name, effects in one.effects.items()},
        "quantities": {
            name: {"title": quantity.title, "unit": quantity.unit, "signed": quantity.is_signed}
            for name, quantity in one.quantities.items()
        },
        "svg": blank_element(one.mol, one.smiles),
    }


def _attention(attention: Attention) -> dict[str, Any]:
    """Of tokens by head, of words by token and layer, and of words to atoms and motifs, mean over layers."""
    rows = zip(attention.levels, attention.atoms, attention.motifs, strict=True)
    return {
        "tokens": [
            {"level": level, "atoms": _rounded(atoms), "motifs": _rounded(groups)} for level, atoms, groups in rows
        ],
        "layers": _rounded(attention.words),
        "words": {
            "tokens": _rounded(attention.word_tokens()),
            "atoms": _rounded(attention.word_atoms()),
            "motifs": _rounded(attention.word_motifs()),
        },
    }


def _effects(effects: Effects) -> dict[str, Any]:
    """In nats: `atoms`, `motifs` and `motif_rows` are lists of a number per word."""
    return {name: _rounded(getattr(effects, name)) for name in ("words", "atoms", "motifs", "motif_rows")}


def _rounded(values: np.ndarray | np.floating) -> Any:
    return np.round(np.asarray(values, np.float64), _DIGITS).tolist()
