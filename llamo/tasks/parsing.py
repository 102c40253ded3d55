"""Reads the answer out of what a model said. An empty text where there is none; nothing is repaired."""

import re

# A number that is no part of a word or of another number, with thousands, decimals and a power of ten.
_NUMBER = re.compile(
    r"""(?<![\w.]) (?P<sign>[-+\u2212\u2013]?)
    (?P<digits>[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)? | \d+(?:\.\d+)? | \.\d+)
    (?: [eE](?P<exponent>[-+\u2212]?\d+)
      | \s*[x\u00d7\u00b7*]\s*10
        (?: \^\{?(?P<power>[-+\u2212]?\d+) | (?P<raised>[\u207a\u207b]?[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+) )
    )?""",
    re.VERBOSE,
)
_PLAIN_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-"})
_LOWERED = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b\u207a", "0123456789-+")
_YES_NO = re.compile(r"\b(yes|no)\b", re.IGNORECASE)
# From the surest to the least sure way to name a choice; the last is a letter at the end.
_CHOICES = (
    re.compile(r"^\W*([A-Za-z])\W*$"),
    re.compile(r"\b[Aa]nswer\b(?:\s+is)?\W*(?:[Oo]ption\W*)?([A-Z])\b(?!['\u2019])"),
    re.compile(r"\b[Oo]ption\W{0,3}([A-Z])\b"),
    re.compile(r"\(([A-Z])\)"),
    re.compile(r"^\W*([A-Z])[).:]", re.MULTILINE),
    re.compile(r"\b([A-Z])\W*$"),
)
_FENCE = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.DOTALL)
_MARKED = (
    re.compile(r"`([^`\s]+)`"),
    re.compile(r"SMILES[^:\n]{0,60}?(?:\bis\b\s*:?|:)[\s*`]*(\S+)", re.IGNORECASE),
)
# Words and figures of a sentence; Cl and Br are atoms.
_NO_SMILES = re.compile(r"(?!Cl$|Br$)[A-Z]?[a-z]+|[\d\W_]*")


def text(answer: str) -> str:
    """The answer without white space around it."""
    return answer.strip()


def number(answer: str) -> str:
    """The first number, as `float` reads it: `-0.25`, `1.2e-3`; a number inside a word such as C6H6 does not count."""
    match = _NUMBER.search(answer)
    if match is None:
        return ""
    sign = match["sign"].translate(_PLAIN_SIGNS).removeprefix("+")
    power = match["exponent"] or match["power"] or (match["raised"] or "").translate(_LOWERED)
    exponent = f"e{power.translate(_PLAIN_SIGNS)}" if power else ""
    return f"{sign}{match['digits'].replace(',', '')}{exponent}"


def yes_no(answer: str) -> str:
    """`Yes` or `No`, whichever word comes first."""
    match = _YES_NO.search(answer)
    return match[1].capitalize() if match else ""


def choice(answer: str) -> str:
    """The letter of the option: out of `B`, `(B)`, `Option B`, `Answer: B`, `B) An alcohol.`, `It must be B.`"""
    for pattern in _CHOICES:
        if match := pattern.search(answer.strip()):
            return match[1].upper()
    return ""


def smiles(answer: str) -> str:
    """The SMILES, as it was written.

    A text without white space inside is the answer, valid or not. Out of a longer one: what stands in a code fence or
    in backticks, what follows `SMILES:`, the last piece that RDKit reads, or else all of it.
    """
    answer = answer.strip()
    if len(answer.split()) < 2:
        return answer
    fenced = [content.strip() for content in _FENCE.findall(answer)]
    marked = [[content for content in fenced if len(content.split()) == 1]]
    marked += [[_bare(piece) for piece in pattern.findall(answer)] for pattern in _MARKED]
    for pieces in marked:
        if found := [piece for piece in pieces if not _NO_SMILES.fullmatch(piece)]:
            return found[-1]
    loose = [piece for piece in map(_bare, answer.split()) if len(piece) > 1 and not _NO_SMILES.fullmatch(piece)]
    return next((piece for piece in reversed(loose) if _is_read(piece)), answer)


def _bare(piece: str) -> str:
    """Without the punctuation, bold face and brackets that a sentence puts around a word."""
    piece = piece.strip("`\"'.,;:!?").removeprefix("**").removesuffix("**").strip(".,;:")
    return piece[1:].removesuffix(")") if piece.startswith("(") else piece


def _is_read(piece: str) -> bool:
    from rdkit import Chem

    from processors.molecule import muted_rdkit

    with muted_rdkit():
        return Chem.MolFromSmiles(piece) is not None
