"""Claims of molecular formula, mass, polar surface area, charge and chirality. Knows text and facts."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from llamo.checking.facts import Facts
from llamo.checking.judged import Judged, judged
from llamo.checking.sentences import is_about_another, sentences

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_FORMULA_WORD = re.compile(r"\bformulae?\b", re.I)
_ASKS_NAMED_FORMULA = re.compile(r"\bformula\b", re.I)
_FORMULA = re.compile(
    r"(?<![\w(\[-])(?:\d?(?:[A-Z][a-z]?\d*)+(?:[.·]\d*(?:[A-Z][a-z]?\d*)+)*)(?:[+-]\d*|\d?[+-])?(?![\w(])"
)
_ATOMS = re.compile(r"([A-Z][a-z]?)(\d*)")
_REAL = r"(?P<value>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_MASS_WORD = r"(?:molecular|molar|exact|monoisotopic|formula|average)[ -](?:mass|weight)(?:es)?|\bMW\b"
_AREA_WORD = r"(?:topological )?polar surface area(?: \(T?PSA\))?|\bT?PSA\b"
_BETWEEN = (
    r"(?:\s+of (?:the |this )?\w+)?(?: value)?\s*(?:is|of|=|:|equals|comes to|amounts to|about|"
    r"approximately|ca\.|~|\s|roughly|around|close to)*\s*"
)
_ONLY_REAL = re.compile(
    rf"^\D{{0,12}}{_REAL}\s*(?:g/mol|g mol-1|Da|daltons?|u|amu|Å²|Å\^2|A\^2|Å2|square \S+)?\W{{0,3}}$", re.I
)
# Relative error that rounding of atomic weights explains.
_TOLERANCE = 1e-3
_CHARGE = re.compile(
    r"\b(?:net|formal|total|overall|whole|electric\w*)?\s*charge(?:\s+of (?:the |this )?(?:molecule|compound))?\s*"
    r"(?:is|of|=|:|equals)*\s*(?P<value>[+\-\u2212]?\s?\d+|zero|neutral)(?P<after>[+-])?",
    re.I,
)
_BARE_CHARGE = re.compile(r"^\W*?(?P<value>[+\-\u2212]?\d+|zero|neutral)(?P<after>[+-])?\W*$", re.I)
_ASKS_CHARGE = re.compile(r"\bcharged?\b", re.I)
_IONS = {
    "zwitterion": lambda facts: facts.signs == {1, -1},
    "trianion": lambda facts: -3 in facts.charges,
    "dianion": lambda facts: -2 in facts.charges,
    "anion": lambda facts: min(facts.charges) < 0,
    "dication": lambda facts: 2 in facts.charges,
    "cation": lambda facts: max(facts.charges) > 0,
}
_ION = re.compile(
    r"\b(?:it|molecule|compound)\b(?: itself)? is (?:an? |the )?(?:(?!of\b|"
    r"conjugate\b)[\w()-]+ ){0,4}?(di|tri)?(zwitterion|anion|cation)s?\b(?! of| salt| exchange)",
    re.I,
)
_UNCHARGED = re.compile(
    r"\b(?:is|are|carries|has|bears)\b[^.]{0,20}\b(?:uncharged|electrically neutral|no (?:net |formal |"
    r"overall )?charge)\b",
    re.I,
)
_CHIRAL = re.compile(
    r"\b(?:is|are)\s+(?:an? )?(?P<not>not )?(?P<word>achiral|chiral)\b|^\W*(?:an? )?(?P<bare>achiral|"
    r"chiral)\b(?: molecule)?\W*$",
    re.I,
)


def values(question: str, answer: str, facts: Facts) -> Iterator[Judged]:
    """All claims of this file in an answer."""
    yield from _formulas(question, answer, facts)
    yield from _measured("mass", _MASS_WORD, question, answer, facts.masses)
    yield from _measured("polar surface area", _AREA_WORD, question, answer, facts.polar_areas)
    yield from _charges(question, answer, facts)
    yield from _chirality(answer, facts)


def formulas_in(text: str) -> list[str]:
    """Molecular formulas, of two atoms at least, whose elements exist."""
    plain = text.translate(_SUBSCRIPTS)
    return [match[0] for match in _FORMULA.finditer(plain) if _is_formula(match[0])]


def read_formula(text: str) -> Counter[str]:
    """Atoms by element; the charge is left out."""
    found: Counter[str] = Counter()
    for part in re.split(r"[.·]", text):
        times = re.match(r"\d+", part)
        for symbol, count in _ATOMS.findall(part):
            found["H" if symbol in ("D", "T") else symbol] += int(count or 1) * int(times[0] if times else 1)
    return +found


def _is_formula(text: str) -> bool:
    parts = _ATOMS.findall(text)
    return all(symbol in _symbols() for symbol, _ in parts) and (len(parts) > 1 or any(count for _, count in parts))


@cache
def _symbols() -> frozenset[str]:
    from rdkit import Chem

    table = Chem.GetPeriodicTable()
    return frozenset({"D", "T", *(table.GetElementSymbol(number) for number in range(1, 119))})


def _formulas(question: str, answer: str, facts: Facts) -> Iterator[Judged]:
    is_asked = _ASKS_NAMED_FORMULA.search(question) is not None
    for sentence in sentences(answer):
        if (is_asked or _FORMULA_WORD.search(sentence)) and not is_about_another(sentence):
            for written in formulas_in(sentence)[:1]:
                yield judged("formula", sentence, read_formula(written) in facts.formulas, facts.formula)


def _measured(kind: str, word: str, question: str, answer: str, true: Sequence[float]) -> Iterator[Judged]:
    stated = list(re.finditer(rf"(?:{word}){_BETWEEN}{_REAL}", answer, re.I))
    if not stated and re.search(word, question, re.I):
        only = _ONLY_REAL.match(answer) or re.search(
            rf"\b(?:is|of|about|=)\s+(?:about |approximately )?{_REAL}", answer
        )
        stated = [only] if only else []
    for match in stated:
        if not is_about_another(answer):
            text = match["value"].replace(",", "")
            yield judged(kind, match[0], any(_is_near(text, one) for one in true), f"{true[0]:.2f}")


def _is_near(text: str, true: float) -> bool:
    """Equal as far as the figures that are written, and a little more."""
    last_place = 10.0 ** -(len(text.partition(".")[2]))
    return abs(float(text) - true) <= max(0.51 * last_place, 1.01 * last_place * ("." not in text), _TOLERANCE * true)


def _charges(question: str, answer: str, facts: Facts) -> Iterator[Judged]:
    found = list(_CHARGE.finditer(answer))
    if not found and _ASKS_CHARGE.search(question):
        bare = _BARE_CHARGE.match(answer)
        found = [bare] if bare else []
    if not is_about_another(answer):
        for match in found:
            yield judged("charge", match[0], _charge_of(match) in facts.charges, f"{facts.charge:+d}")
        if match := _UNCHARGED.search(answer):
            yield judged("charge", match[0], 0 in facts.charges, f"{facts.charge:+d}")
    for sentence in sentences(answer):
        match = _ION.search(sentence)
        if match is not None and not re.search(r"\bnot\b", match[0]):
            name = f"{match[1] or ''}{match[2]}".lower()
            if name in _IONS:
                yield judged("charge", match[0], _IONS[name](facts), f"net charge {facts.charge:+d}")


def _charge_of(match: re.Match[str]) -> int:
    text = match["value"].lower().replace("\u2212", "-").replace(" ", "")
    if text in ("zero", "neutral"):
        return 0
    return -int(text) if match["after"] == "-" else int(text)


def _chirality(answer: str, facts: Facts) -> Iterator[Judged]:
    for sentence in sentences(answer):
        match = _CHIRAL.search(sentence)
        if match is None or is_about_another(sentence):
            continue
        says_chiral = (match["word"] or match["bare"]).lower() == "chiral"
        if match["not"]:
            says_chiral = not says_chiral
        yield judged("chirality", sentence, _is_right(says_chiral, facts), "achiral" if says_chiral else "chiral")


def _is_right(says_chiral: bool, facts: Facts) -> bool | None:
    """Centres that are not specified may hide a chiral molecule; axes of chirality are not looked for."""
    if facts.chirality is None:
        return None
    return says_chiral in facts.chirality or (None if says_chiral else False)
