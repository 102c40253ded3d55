"""Errors put into conversations on purpose, to measure what the checker finds. Knows how to break, not how to find."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from llamo.checking.conversation import Conversation, Turn
from llamo.checking.counts import asked_for
from llamo.checking.facts import facts_of
from llamo.checking.groups import GROUPS, with_article
from llamo.checking.naming import asks_name, asks_smiles
from llamo.checking.values import formulas_in
from processors import MoleculeError

_ROLES = ("an antimalarial drug", "a herbicide", "a plant hormone", "an antiviral agent", "a food colouring", "a toxin")
_ASKS_FORMULA = re.compile(r"\bformulae?\b", re.I)


@dataclass(frozen=True)
class Planted:
    """A conversation with one error in it.

    Attributes:
        kind: of the error, as in `PLANTERS`.
        finding: (area, kind) that the checker should report.
        conversation: with the error.
        turn: where; None for the whole.
    """

    kind: str
    finding: tuple[str, str]
    conversation: Conversation
    turn: int | None


Planter = Callable[[Conversation, Sequence[Conversation], random.Random], tuple[Conversation, int | None] | None]


def plant(kind: str, conversations: Sequence[Conversation], *, limit: int, seed: int = 0) -> list[Planted]:
    """Errors of one kind in as many conversations as offer a place for it, at most `limit`.

    Raises:
        ValueError: an unknown kind.
    """
    if kind not in PLANTERS:
        raise ValueError(f"a kind is one of {', '.join(PLANTERS)}, got {kind!r}")
    finding, planter = PLANTERS[kind]
    generator = random.Random(f"{seed}-{kind}")
    order = generator.sample(range(len(conversations)), len(conversations))
    found: list[Planted] = []
    for place in order:
        if len(found) == limit:
            break
        made = planter(conversations[place], conversations, generator)
        if made is not None:
            found.append(Planted(kind, finding, *made))
    return found


def _with(
    conversation: Conversation, place: int, *, question: str | None = None, answer: str | None = None
) -> Conversation:
    turns = list(conversation.turns)
    old = turns[place]
    turns[place] = Turn(old.question if question is None else question, old.answer if answer is None else answer)
    return replace(conversation, turns=tuple(turns))


def _places(conversation: Conversation, fits: Callable[[Turn], bool]) -> list[int]:
    return [place for place, turn in enumerate(conversation.turns) if fits(turn)]


def _wrong_formula(one: Conversation, others: Sequence[Conversation], generator: random.Random):
    """One atom more or less of one element."""
    places = _places(one, lambda turn: bool(_ASKS_FORMULA.search(turn.question) and formulas_in(turn.answer)))
    if not places or one.subject is None:
        return None
    place = generator.choice(places)
    formula = formulas_in(one.turns[place].answer)[0]
    symbol, count = generator.choice(re.findall(r"([A-Z][a-z]?)(\d*)", formula))
    changed = int(count or 1) + generator.choice((1, 2))
    broken = re.sub(rf"{symbol}{count}(?![a-z\d])", f"{symbol}{changed}", formula, count=1)
    return _with(one, place, answer=one.turns[place].answer.replace(formula, broken)), place


def _wrong_count(of_rings: bool) -> Planter:
    def planter(one: Conversation, others: Sequence[Conversation], generator: random.Random):
        def fits(turn: Turn) -> bool:
            asked = asked_for(turn.question)
            return asked is not None and ("ring" in asked[0]) == of_rings and turn.answer.strip().isdigit()

        places = _places(one, fits)
        if not places or one.subject is None:
            return None
        place = generator.choice(places)
        true = int(one.turns[place].answer)
        return _with(
            one, place, answer=str(generator.choice([true + 1, true + 2, true + 3, max(0, true - 1) or true + 4]))
        ), place

    return planter


def _impossible_group(one: Conversation, others: Sequence[Conversation], generator: random.Random):
    """A group that the molecule has in no reading of its name."""
    if one.subject is None or not one.turns:
        return None
    try:
        facts = facts_of(one.subject)
    except MoleculeError:
        return None
    absent = [group.name for group in GROUPS if facts.groups(group)[1] == 0 and group.name != "aromatic ring"]
    place = generator.randrange(len(one.turns))
    name = generator.choice(absent)
    sentence = f"It contains {with_article(name)}."
    return _with(one, place, answer=f"{one.turns[place].answer.rstrip('.')}. {sentence}"), place


def _other_name(one: Conversation, others: Sequence[Conversation], generator: random.Random):
    """The name of another molecule."""
    places = _places(one, lambda turn: asks_name(turn.question))
    if not places or one.subject is None:
        return None
    named = [
        other for other in others if _is_another(one, other) and any(asks_name(turn.question) for turn in other.turns)
    ]
    if not named:
        return None
    other = generator.choice(named)
    name = next(turn.answer for turn in other.turns if asks_name(turn.question))
    return _with(one, places[0], answer=name), places[0]


def _other_smiles(one: Conversation, others: Sequence[Conversation], generator: random.Random):
    places = _places(one, lambda turn: asks_smiles(turn.question))
    if not places or one.subject is None:
        return None
    other = generator.choice([other for other in others if other.subject and _is_another(one, other)])
    return _with(one, places[0], answer=other.subject), places[0]


def _is_another(one: Conversation, other: Conversation) -> bool:
    return other.subject is not None and facts_of(other.subject).formula != facts_of(one.subject or "").formula


def _given_away(one: Conversation, others: Sequence[Conversation], generator: random.Random):
    """A question that holds the formula it asks for."""
    places = _places(one, lambda turn: bool(_ASKS_FORMULA.search(turn.question) and formulas_in(turn.answer)))
    if not places:
        return None
    place = generator.choice(places)
    formula = formulas_in(one.turns[place].answer)[0]
    question = f"{one.turns[place].question.rstrip('?. ')}, knowing that it is {formula}?"
    return _with(one, place, question=question), place


def _truncated(one: Conversation, others: Sequence[Conversation], generator: random.Random):
    """Cut somewhere in the second half of a sentence of ten words and more."""
    places = _places(one, lambda turn: len(turn.answer.split()) >= 10 and turn.answer.rstrip().endswith("."))
    if not places:
        return None
    place = generator.choice(places)
    answer = one.turns[place].answer.rstrip()
    last = answer.rstrip(".").rfind(". ") + 1
    cut = generator.randrange(last + (len(answer) - last) // 2, len(answer) - 1)
    return (_with(one, place, answer=answer[:cut].rstrip(" .")), place) if cut > 0 else None


def _leaked_prompt(one: Conversation, others: Sequence[Conversation], generator: random.Random):
    place = generator.randrange(len(one.turns))
    start = generator.choice(
        ("According to the given context, ", "Based on the provided description, ", "As an AI language model, ")
    )
    return _with(one, place, answer=start + one.turns[place].answer), place


def _swapped_conjugate(one: Conversation, others: Sequence[Conversation], generator: random.Random):
    """Acid for base and base for acid, where a name tells the charge or can be read."""
    places = _places(one, lambda turn: "is a conjugate " in turn.answer)
    if not places or one.subject is None:
        return None
    swap = {"conjugate acid of": "conjugate base of", "conjugate base of": "conjugate acid of"}
    answer = re.sub(r"conjugate (?:acid|base) of", lambda match: swap[match[0]], one.turns[places[0]].answer)
    return _with(one, places[0], answer=answer), places[0]


def _unsupported_role(one: Conversation, others: Sequence[Conversation], generator: random.Random):
    if not one.context:
        return None
    roles = [role for role in _ROLES if role.split(" ", 1)[1].split()[0] not in one.context.text]
    place = generator.randrange(len(one.turns))
    return _with(
        one, place, answer=f"{one.turns[place].answer.rstrip('.')}. It is used as {generator.choice(roles)}."
    ), place


def _duplicate(one: Conversation, others: Sequence[Conversation], generator: random.Random):
    """The same again with a word changed."""
    text = one.turns[0].question
    return (_with(one, 0, question=f"Please: {text}"), None) if len(one.text.split()) > 60 else None


PLANTERS: dict[str, tuple[tuple[str, str], Planter]] = {
    "wrong formula": (("chemistry", "formula"), _wrong_formula),
    "wrong ring count": (("chemistry", "count"), _wrong_count(of_rings=True)),
    "other wrong count": (("chemistry", "count"), _wrong_count(of_rings=False)),
    "impossible group": (("chemistry", "group"), _impossible_group),
    "name of another molecule": (("chemistry", "name"), _other_name),
    "SMILES of another molecule": (("chemistry", "smiles"), _other_smiles),
    "conjugate acid for base": (("chemistry", "conjugate"), _swapped_conjugate),
    "answer given away": (("form", "answer given away"), _given_away),
    "truncated answer": (("form", "truncated"), _truncated),
    "leaked prompt": (("form", "leaked prompt"), _leaked_prompt),
    "unsupported role": (("support", "not in context"), _unsupported_role),
    "near-duplicate": (("diversity", "near-duplicate"), _duplicate),
}
