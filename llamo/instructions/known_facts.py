"""Facts that RDKit knows about a molecule, for conversations: what to say of each kind. Asks nothing itself."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from llamo.checking.facts import ELEMENTS, Facts, average_mass
from llamo.checking.groups import GROUPS, Group, with_article

_WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
# Noun in the singular -> name of the count.
_COUNTED = {
    "ring": "rings", "aromatic ring": "aromatic rings", "heavy atom": "heavy atoms", "halogen atom": "halogen atoms",
    "hydrogen bond donor": "hydrogen bond donors", "hydrogen bond acceptor": "hydrogen bond acceptors",
    "rotatable bond": "rotatable bonds", "stereocentre": "stereocentres", "five-membered ring": "five-membered rings",
    "six-membered ring": "six-membered rings", "carbon atom": "carbon", "nitrogen atom": "nitrogen",
    "oxygen atom": "oxygen", "sulfur atom": "sulfur",
}  # fmt: skip
# Groups that nobody asks about by that name.
_UNASKED = {"aromatic ring", "carbonate group", "imide"}
_MOST_LISTED = 4


@dataclass(frozen=True)
class Fact:
    """Something to ask about.

    Attributes:
        kind: of wording.
        topic: no conversation asks twice about one.
        words: that the wording is filled with.
    """

    kind: str
    topic: str
    words: Mapping[str, str]


def known_facts(facts: Facts, generator: random.Random) -> Iterator[Fact]:
    """Facts in random order, one of each topic. A count on which usual definitions differ is not among them."""
    makers: list[Callable[[], Fact | None]] = [
        lambda: Fact("formula", "formula", {"what": facts.formula}),
        lambda: Fact("mass", "mass", {"what": f"{average_mass(facts.mol):.2f}"}),
        lambda: Fact("charge", "charge", {"what": f"{facts.charge:+d}" if facts.charge else "0"}),
        lambda: _groups(facts, generator),
        lambda: _chirality(facts),
        *[lambda group=group: _presence(facts, group) for group in generator.sample(_ASKED, 3)],
        *[
            lambda group=group: _group_count(facts, group)
            for group in generator.sample(_present(facts), min(2, len(_present(facts))))
        ],
        *[lambda noun=noun: _count(facts, noun) for noun in generator.sample(list(_COUNTED), 5)],
    ]
    # Groups that are there are asked about as often as groups that are not.
    makers += [
        lambda group=group: _presence(facts, group)
        for group in generator.sample(_present(facts), min(3, len(_present(facts))))
    ]
    generator.shuffle(makers)
    seen: set[str] = set()
    for make in makers:
        fact = make()
        if fact is not None and fact.topic not in seen:
            seen.add(fact.topic)
            yield fact


_ASKED = [group for group in GROUPS if group.name not in _UNASKED]


def _present(facts: Facts) -> list[Group]:
    return [group for group in _ASKED if facts.groups(group)[0] > 0]


def _count(facts: Facts, noun: str) -> Fact | None:
    numbers = facts.counts(_COUNTED[noun])
    return _counted(noun, next(iter(numbers))) if len(numbers) == 1 else None


def _group_count(facts: Facts, group: Group) -> Fact | None:
    fewest, most = facts.groups(group)
    return _counted(group.name, fewest) if fewest == most else None


def _counted(noun: str, number: int) -> Fact:
    plural = _plural(noun)
    if number == 0:
        return Fact("none", noun, {"plural": plural})
    written = _WORDS[number] if number < len(_WORDS) else str(number)
    words = {"number": written, "figure": str(number), "plural": plural}
    return Fact("count", noun, {**words, "noun": noun if number == 1 else plural, "be": "is" if number == 1 else "are"})


def _presence(facts: Facts, group: Group) -> Fact | None:
    fewest, most = facts.groups(group)
    if fewest == 0 < most:
        return None
    return Fact("present" if fewest else "absent", group.name, {"a": with_article(group.name), "bare": group.name})


def _groups(facts: Facts, generator: random.Random) -> Fact | None:
    there = [group.name for group in _present(facts)]
    if not there:
        return None
    chosen = generator.sample(there, min(_MOST_LISTED, len(there)))
    return Fact("groups", "groups", {"what": enumerated([with_article(name) for name in chosen])})


def _chirality(facts: Facts) -> Fact | None:
    if facts.chirality is None or len(facts.chirality) != 1:
        return None
    return Fact("chirality", "chirality", {"what": "chiral" if True in facts.chirality else "achiral"})


def enumerated(names: list[str]) -> str:
    """`a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _plural(noun: str) -> str:
    return noun if noun in ELEMENTS else f"{noun[:-1]}ies" if noun.endswith("ty") else f"{noun}s"
