"""SELFIES, in which some data sets write molecules, as SMILES (Krenn et al. 2020, arXiv 1905.13741)."""

import re

from llamo.data.bad_row import Problem

_SELFIES = re.compile(r"(\[[^\[\]]+\]|\.)+")
# In SMILES, bracket atoms hold none of these; in SELFIES they are branches, rings and bonds.
_SELFIES_ONLY = re.compile(r"\[(?:[=#\\/-]*(?:Branch|Ring)|[=#\\/][A-Z])")


def is_selfies(text: str) -> bool:
    """Brackets alone, in the way of SELFIES. `[Na+].[Cl-]` is SMILES, and means the same in both."""
    bare = re.search(r"\[(?:C|N|O|S|P|F|Cl|Br|I|B)\]", text) is not None
    return _SELFIES.fullmatch(text) is not None and (bare or _SELFIES_ONLY.search(text) is not None)


def to_smiles(text: str) -> str:
    """The molecule as SMILES; SMILES stay as they are.

    Raises:
        Problem: it is SELFIES, and cannot be read, or the package `selfies` is not installed.
    """
    if not is_selfies(text):
        return text
    try:
        import selfies
    except ImportError:
        raise Problem(
            "molecule", "it is SELFIES, which need the package selfies", "pip install selfies", text
        ) from None
    try:
        return str(selfies.decoder(text))
    except selfies.DecoderError as error:
        raise Problem("molecule", f"it is no SELFIES: {error}", "correct or remove the row", text) from None
