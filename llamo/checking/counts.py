"""Claims of numbers: of rings, atoms, bonds, functional groups. Knows text and facts."""

import re
from collections.abc import Callable, Iterator

from llamo.checking.facts import COUNTS, ELEMENTS, Facts
from llamo.checking.groups import Group, groups_in
from llamo.checking.judged import Judged, judged
from llamo.checking.sentences import HEDGED, NUMBER, is_about_another, sentences, value_of

_HYDROGEN_BOND = r"(?:hydrogen[- ]bond(?:ing)?|H[- ]bond(?:ing)?)"
# How things that are counted are called; the first that fits counts.
_NOUNS: dict[str, str] = {
    "hydrogen bond donors": rf"{_HYDROGEN_BOND} (?:donors?|donating groups?)",
    "hydrogen bond acceptors": rf"{_HYDROGEN_BOND} (?:acceptors?|accepting groups?)",
    "rotatable bonds": r"rotatable bonds?|freely rotating bonds?",
    "stereocentres": r"(?:tetrahedral |defined )?(?:(?:stereo(?:genic )?|chiral )cent(?:er|re)s?|asymmetric carbons?)"
    r"(?: atoms?)?|chiral (?:carbon )?atoms?",
    "double bonds": r"(?:carbon[- ]carbon |C=C |non-aromatic )*double bonds?",
    "aromatic rings": r"aromatic rings?",
    "aliphatic rings": r"(?:aliphatic|saturated|non-aromatic) rings?",
    "heterocycles": r"heterocycles?|heterocyclic rings?",
    "five-membered rings": r"(?:five|5)[- ]membered rings?",
    "six-membered rings": r"(?:six|6)[- ]membered rings?",
    "ring systems": r"(?:separate )?ring systems?",
    "rings": r"rings?(?: in (?:total|all))?",
    "heavy atoms": r"(?:heavy|non-hydrogen) (?:\(non-hydrogen\) )?atoms?",
    "halogen atoms": r"halogens?(?: atoms?)?",
    **{name: rf"{name}(?:s| atoms?)" for name in ELEMENTS},
    "atoms": r"atoms?(?: in (?:total|all))?",
}
_NOUN = "|".join(f"(?P<n{place}>{words})" for place, words in enumerate(_NOUNS.values()))
_KEYS = list(_NOUNS)
_COUNTED = re.compile(rf"(?P<number>{NUMBER})\s+(?P<noun>{_NOUN})(?![-\w])", re.I)
_GROUP_NUMBER = re.compile(rf"(?P<number>{NUMBER})\s+$", re.I)
# Verbs that say what a molecule has; without one before it, a number may be of a part.
_HAS = re.compile(
    r"\b(?:ha(?:s|ve|ving)|contain\w*|there (?:is|are)|possess\w*|bears?|bearing|includ\w*|features?|comprises?|"
    r"consists? of|total of|count\w*|made (?:up )?of|with|carries|is|are)\b",
    re.I,
)
_PART = re.compile(r"\b(?:the|these|both|its|of the|chain of|between|each)\s+$", re.I)
# Sentences that tell of a part: the acyl group has .., a chain of ..
_OF_PART = re.compile(
    r"\bin which\b|\b(?:group|chain|unit|moiety|portion|part|core|ring|system|acyl|scaffold|skeleton|bridge|linker)s?"
    r"(?: \w+)? (?:has|have|having|with|contain\w*|of|consist\w*|bear\w*|compris\w*|includ\w*)\b",
    re.I,
)
_HOW_MANY = re.compile(
    r"\b(?:how many|(?:what is |give |state |tell me )?the (?:total )?(?:number|count) of|number of|"
    r"count (?:of )?(?:the |its )?)\s*",
    re.I,
)
_ASKED = re.compile(rf"\s*(?:(?:different|distinct|separate|individual|total)\s+)?(?P<noun>{_NOUN})(?![-\w])", re.I)
_ANY_NUMBER = re.compile(NUMBER, re.I)
_ONLY_NUMBER = re.compile(r"^\D{0,3}(\d+)\D{0,3}$")

Count = tuple[str, Callable[[Facts], range | frozenset[int]]]


def counts(question: str, answer: str, facts: Facts) -> Iterator[Judged]:
    """Claims of numbers in an answer, also the bare number that a question asks for."""
    asked = asked_for(question)
    seen = set()
    for claim, (key, accepted), number in stated(answer):
        seen.add(key)
        yield _judge(key, claim, number, accepted(facts))
    if asked is not None and asked[0] not in seen:
        found = _ONLY_NUMBER.match(answer.strip()) or _ANY_NUMBER.search(answer)
        if found is not None and not HEDGED.search(answer[: found.start()]):
            number = value_of(found[1] if found.re is _ONLY_NUMBER else found[0])
            yield _judge(asked[0], f"{asked[0]}: {found[0]}", number, asked[1](facts))


def stated(text: str) -> Iterator[tuple[str, Count, int]]:
    """Each statement of a number with its words, what is counted, and the number."""
    for sentence in sentences(text):
        if is_about_another(sentence) or _OF_PART.search(sentence) or re.search(r"\banother\b", sentence, re.I):
            continue
        for match in _COUNTED.finditer(sentence):
            if _is_claim(sentence[: match.start()]):
                yield sentence, _counted(match), value_of(match["number"])
        for group, start, _ in groups_in(sentence):
            match = _GROUP_NUMBER.search(sentence[:start])
            if match is not None and match["number"].lower() != "no" and _is_claim(sentence[: match.start()]):
                yield sentence, _of_group(group), value_of(match["number"])


def asked_for(question: str) -> Count | None:
    """What a question wants to be counted."""
    for match in _HOW_MANY.finditer(question):
        rest = question[match.end() :]
        noun = _ASKED.match(rest)
        if noun is not None:
            return _counted(noun)
        named = groups_in(rest)
        if named and named[0][1] < 25:
            return _of_group(named[0][0])
    return None


def _counted(match: re.Match[str]) -> Count:
    place = next(place for place in range(len(_KEYS)) if match[f"n{place}"] is not None)
    key = _KEYS[place]
    return key, lambda facts: facts.counts(key)


def _of_group(group: Group) -> Count:
    def accepted(facts: Facts) -> range | frozenset[int]:
        if group.name == "aromatic ring":
            return facts.counts("aromatic rings")
        fewest, most = facts.groups(group)
        return range(fewest, most + 1)

    return group.name, accepted


def _is_claim(before: str) -> bool:
    return _HAS.search(before) is not None and not _PART.search(before) and not HEDGED.search(before)


def _judge(key: str, claim: str, number: int, accepted: range | frozenset[int]) -> Judged:
    kind = "count" if key in COUNTS or key in ELEMENTS else "group count"
    truth = " or ".join(map(str, sorted(set(accepted)))) if len(accepted) < 4 else f"{min(accepted)} to {max(accepted)}"
    return judged(kind, claim, number in accepted, f"{key}: {truth}")
