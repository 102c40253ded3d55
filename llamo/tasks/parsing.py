"""Reads the answer out of what a model said. An empty text where there is none; nothing is repaired."""

import re

# A number that is no part of a word or of another number, with thousands, decimals and a power of ten. Whether the dash
# of `HOMO-0.25` is a sign, and what the comma of `1,5` means, nobody knows: such pieces are passed over.
_NUMBER = re.compile(
    r"""(?<![\w.]) (?<![\w.][-\u2212\u2013]) (?P<sign>[-+\u2212][^\S\n] | [-+\u2212\u2013]?) (?<!\d,)
    (?P<digits>[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+ | (?!\d|,\d)) | \d+(?:\.\d+ | (?!\d|,\d)) | \.\d+) (?!\.?\d)
    (?: [eE](?P<exponent>[-+\u2212]?\d+)
      | \s*[x\u00d7\u00b7*]\s*10
        (?: \^\{?(?P<power>[-+\u2212]?\d+) | (?P<raised>[\u207a\u207b]?[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+) )
    )?""",
    re.VERBOSE,
)
_PLAIN_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-"})
_LOWERED = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b\u207a", "0123456789-+")
_YES_NO = re.compile(r"\b(yes|no)\b", re.IGNORECASE)
# From the surest to the least sure way to name a choice; the last is a letter at the end. A letter at the start is one
# unless more lines start so, which repeat the options.
_CHOICES = (
    re.compile(r"^\W*([A-Da-d])\W*$"),
    re.compile(r"\A\W*([A-D])[).:](?![\s\S]*^\W*[A-D][).:])", re.MULTILINE),
    re.compile(r"\b[Aa]nswer\b(?:\s+is)?\W*(?:[Oo]ption\W*)?([A-D])\b(?!['\u2019])"),
    re.compile(r"\b[Oo]ption\W{0,3}([A-D])\b"),
    re.compile(r"\b(?:[Cc]hoose|[Pp]ick|[Ss]elect)\W+([A-D])\b"),
    re.compile(r"\(([A-D])\)"),
    re.compile(r"^\W*([A-D])[).:]", re.MULTILINE),
    re.compile(r"\b([A-D])\W*$"),
)
_FENCE = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.DOTALL)
_MARKED = (
    re.compile(r"`([^`\s]+)`"),
    re.compile(r"SMILES[^:\n]{0,60}?(?:\bis\b\s*:?|:)[\s*`]*(\S+)", re.IGNORECASE),
)
# What may be around a text without white space; one asterisk is an atom, two at either end are bold face.
_WRAPPED = (
    re.compile(r"```(.+)```"),
    re.compile(r"`([^`]+)`"),
    re.compile(r"\*\*([^*](?:.*[^*])?)\*\*"),
    re.compile(r"(?:SMILES:|\*\*SMILES:\*\*)(.+)", re.IGNORECASE),
    re.compile(r"(.*)</s>"),
)
# Words and figures of a sentence; Cl and Br are atoms.
_NO_SMILES = re.compile(r"(?!Cl$|Br$)[A-Z]?[a-z]+|[\d\W_]*")


def text(answer: str) -> str:
    """The answer without white space around it."""
    return answer.strip()


def number(answer: str) -> str:
    """The first number, as `float` reads it: `-0.25`, `1.2e-3`; a number inside a word does not count.

    So `C6H6` and `HOMO-0.25` hold none, nor does `1,5`, with a comma that marks no thousands.
    """
    match = _NUMBER.search(answer)
    if match is None:
        return ""
    sign = match["sign"].strip().translate(_PLAIN_SIGNS).removeprefix("+")
    power = match["exponent"] or match["power"] or (match["raised"] or "").translate(_LOWERED)
    exponent = f"e{power.translate(_PLAIN_SIGNS)}" if power else ""
    return f"{sign}{match['digits'].replace(',', '')}{exponent}"


def yes_no(answer: str) -> str:
    """`Yes` or `No`, whichever word comes first."""
    match = _YES_NO.search(answer)
    return match[1].capitalize() if match else ""


def choice(answer: str) -> str:
    """The letter, A to D, out of `B`, `(B)`, `Option B`, `Answer: B`, `B) An alcohol.`, `It must be B.`"""
    for pattern in _CHOICES:
        if match := pattern.search(answer.strip()):
            return match[1].upper()
    return ""


def smiles(answer: str) -> str:
    """The SMILES, as it was written.

    A text without white space inside is the answer, valid or not, without backticks, bold face, `SMILES:` and `</s>`
    around it. Out of a longer one: what stands in a code fence or in backticks, what follows `SMILES:`, the last piece
    that RDKit reads, or else all of it.
    """
    answer = answer.strip()
    while answer.endswith("</s>"):
        answer = answer.removesuffix("</s>").strip()
    return _unwrapped(answer if len(answer.split()) < 2 else _smiles_within(answer))


def _smiles_within(answer: str) -> str:
    """The SMILES in a text of several words."""
    fenced = [content.strip() for content in _FENCE.findall(answer)]
    marked = [[content for content in fenced if len(content.split()) == 1]]
    marked += [[_bare(piece) for piece in pattern.findall(answer)] for pattern in _MARKED]
    for pieces in marked:
        if found := [piece for piece in pieces if not _NO_SMILES.fullmatch(piece)]:
            return found[-1]
    loose = [piece for piece in map(_bare, answer.split()) if len(piece) > 1 and not _NO_SMILES.fullmatch(piece)]
    return next((piece for piece in reversed(loose) if _is_read(piece)), answer)


def _unwrapped(text: str) -> str:
    """A text without what is around it; one with white space inside stays as it is."""
    while len(text.split()) == 1:
        inside = [match[1] for pattern in _WRAPPED if (match := pattern.fullmatch(text))]
        if not inside:
            break
        text = inside[0]
    return text


def _bare(piece: str) -> str:
    """Without the punctuation, bold face and brackets that a sentence puts around a word."""
    piece = piece.strip("`\"'.,;:!?").removeprefix("**").removesuffix("**").strip(".,;:")
    return piece[1:].removesuffix(")") if piece.startswith("(") else piece


def _is_read(piece: str) -> bool:
    from rdkit import Chem

    from processors.molecule import muted_rdkit

    with muted_rdkit():
        return Chem.MolFromSmiles(piece) is not None
