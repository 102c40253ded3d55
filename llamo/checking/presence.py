"""Claims that a molecule has a functional group, or has not. Knows text and facts."""

import itertools
import re
from collections.abc import Iterator

from llamo.checking.facts import Facts
from llamo.checking.groups import Group, groups_in
from llamo.checking.judged import Judged, judged
from llamo.checking.sentences import is_about_another, sentences

_HAS = re.compile(
    r"\b(?:it|molecule|compound|structure|drug|this|there|groups? (?:present|are|include)|which)\b.{0,40}?"
    r"\b(?:ha(?:s|ve)|contains?|is|are|possess(?:es)?|bears?|includes?|features?|carries|comprises?|"
    r"lacks?|do(?:es)? not)\b",
    re.I,
)
# Between the verb and a group nothing but an enumeration of groups may stand.
_ENUMERATED = re.compile(
    r"^(?:\s|,|;|:|\(|\)|and|or|nor|neither|either|both|an?|any|no|not|one|two|three|four|five|six|"
    r"several|also|as well as|"
    r"present|functional|groups?|including|such as|namely|the|following|free|terminal|have|contain|"
    r"include|\d+|with|\*|-)*$",
    re.I,
)
_NEGATED = re.compile(r"\b(?:no|not|n't|lacks?|without|neither|nor|none|absent|free of|cannot|never)\b", re.I)
_BUT = re.compile(r"\b(?:but|however|although|though|instead|while|whereas|only)\b", re.I)
_ASKS_PRESENCE = re.compile(
    r"^\W*(?:(?:so|and|then|also|now|well)\W+)?(?:does|do|is there|are there|can you find|is|has|have|are)\b.*"
    r"\b(?:contain|have|has|include|possess|bear|carry|feature|there|find|present|part of)\b",
    re.I,
)
_ASKS_LIST = re.compile(r"\b(?:which|what|list|name|identify)\b.*\bfunctional groups?\b", re.I)
_YES = re.compile(r"^\W*(yes|no)\b", re.I)


def presence(question: str, answer: str, facts: Facts) -> Iterator[Judged]:
    """Claims of groups in an answer: in its sentences, by its yes or no, or as the list that was asked for."""
    said = _YES.match(answer)
    asked = _asked(question)
    if said is not None and asked:
        is_there = said[1].lower() == "yes"
        yield _judge_any(asked, is_there, f"{question} {answer}", facts, all_of=" and " in question)
    listed = _ASKS_LIST.search(question) is not None
    said_already = 1 if said is not None and asked else 0
    for sentence in sentences(answer)[said_already:]:
        if not is_about_another(sentence):
            yield from _of_sentence(sentence, facts, listed=listed)


def _asked(question: str) -> list[Group]:
    """Groups whose presence is asked for."""
    if not _ASKS_PRESENCE.match(question) or is_about_another(question):
        return []
    found = groups_in(question)
    between = [question[end:start] for (_, _, end), (_, start, _) in itertools.pairwise(found)]
    return [group for group, *_ in found] if all(map(_ENUMERATED.match, between)) else []


def _judge_any(groups: list[Group], is_there: bool, claim: str, facts: Facts, *, all_of: bool) -> Judged:
    bounds = [facts.groups(group) for group in groups]
    combine = all if all_of else any
    sure, possible = combine(low > 0 for low, _ in bounds), combine(high > 0 for _, high in bounds)
    is_right = possible if is_there else not sure
    return judged("group", claim, is_right, "no" if is_there else "yes")


def _of_sentence(sentence: str, facts: Facts, *, listed: bool) -> Iterator[Judged]:
    verb = _HAS.search(sentence)
    start = 0 if listed and verb is None else verb.end() if verb is not None else None
    if start is None:
        return
    end = start
    for group, begin, stop in groups_in(sentence):
        if begin < start:
            continue
        if not _ENUMERATED.match(sentence[end:begin]) or not _stands_alone(sentence[stop:]):
            break
        before = sentence[:begin]
        clause = before[max((match.end() for match in _BUT.finditer(before)), default=0) :]
        is_there = not _NEGATED.search(clause)
        low, high = facts.groups(group)
        is_right = high > 0 if is_there else low == 0
        yield judged("group", sentence, is_right, f"{'no' if is_there else 'at least one'} {group.name}")
        end = stop


def _stands_alone(after: str) -> bool:
    """Whether a group's name is not the beginning of something else: an ester of .., an amide derivative."""
    return (
        re.match(
            r"\s+(?:of|derivative|derived|residue|analog|anion|cation|salt|hydrolase|class|family|obtained|"
            r"resulting|that|formed)\b",
            after,
            re.I,
        )
        is None
    )
