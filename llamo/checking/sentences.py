"""Sentences and the numbers in them, as plain patterns. Knows no chemistry."""

import re

_BREAK = re.compile(r"(?<=[.!?;])\s+(?=[A-Z(\[0-9'\"])|\n+")
_WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
]
_VALUES = {word: value for value, word in enumerate(_WORDS)} | {"no": 0, "a single": 1, "single": 1, "only one": 1}
# A whole number in figures or words; no part of a locant, a range, a decimal, a name or a formula.
NUMBER = r"(?<![\w.,:'\-\u2013(+])(?:\d+(?![\d\w]|[.,:'\-\u2013]\d)|a single|" + "|".join([*_WORDS, "no"]) + r")\b"
# Hedges before a number, which then is no claim of equality.
HEDGED = re.compile(
    r"\b(?:at (?:least|most)|(?:more|fewer|less) than|up to|over|under|about|around|between|some)\s*$", re.I
)
# Sentences whose subject may be another molecule.
_OTHER = re.compile(
    r"\b(?:parent|precursor|analog(?:ue)?s?|unlike|whereas|compared|related compound|relative|"
    r"metabolites? (?:of|is|are)|"
    r"salt form|free (?:base|acid)|fragment|monomer|each|residues?|substituents? (?:has|have|with)|if|would|could|"
    r"protonation|deprotonat\w*|conjugate|tautomer|enantiomer|isomer)\b",
    re.I,
)


def sentences(text: str) -> list[str]:
    """Of a text, in order."""
    return [piece.strip() for piece in _BREAK.split(text) if piece.strip()]


def is_about_another(sentence: str) -> bool:
    """Whether a number or group in it may belong to something else than the molecule."""
    return _OTHER.search(sentence) is not None


def value_of(number: str) -> int:
    """Of a text that `NUMBER` matches."""
    flat = " ".join(number.lower().split())
    return _VALUES[flat] if flat in _VALUES else int(flat)
