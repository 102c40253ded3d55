"""Conversations from templates: no language model, always at hand, the same for the same seed.

Statements of the description are asked for one by one, between facts that RDKit knows.
"""

import hashlib
import random
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from llamo.checking.conversation import Turn
from llamo.checking.facts import facts_of
from llamo.instructions.known_facts import Fact, known_facts
from llamo.instructions.material import Material
from llamo.instructions.statements import statements
from llamo.instructions.writer import Draft

FILE = Path(__file__).with_name("wordings.toml")
# Share of conversations that ask for the whole description first.
_DESCRIBED = 0.35
# Share of the turns about what the description says; the others are about what RDKit knows.
_TOLD = 0.5
_LONGEST_NAME = 160


class TemplateWriter:
    """Fills templates.

    Args:
        fewest: questions at least; a row that knows less gives fewer.
        most: questions at most.
        seed: of all choices.
    """

    batch_size = 64
    can_retry = False

    def __init__(self, *, fewest: int = 3, most: int = 8, seed: int = 0):
        self.fewest, self.most, self.seed = fewest, most, seed

    def settings(self) -> dict[str, Any]:
        """See `Writer`."""
        wordings = hashlib.sha256(FILE.read_bytes()).hexdigest()
        return {"backend": "template", "prompt_sha256": wordings, "turns": [self.fewest, self.most], "seed": self.seed}

    def notes(self) -> str:
        """Nothing is paid."""
        return ""

    def write(self, materials: Sequence[Material], *, attempt: int) -> Iterator[Draft]:
        """See `Writer`."""
        for material in materials:
            generator = random.Random(f"{self.seed}-{material.row}-{attempt}")
            yield Draft(material, tuple(self._turns(material, generator)))

    def _turns(self, material: Material, generator: random.Random) -> Iterator[Turn]:
        told = list(_told(material))
        known = list(known_facts(facts_of(material.smiles), generator))
        count = generator.randint(self.fewest, self.most)
        first = _opening(material, told, generator)
        generator.shuffle(told)
        from_text = sum(generator.random() < _TOLD for _ in range(count - 1))
        from_text = max(min(from_text, len(told)), count - 1 - len(known))
        chosen = told[:from_text] + known[: count - 1 - from_text]
        generator.shuffle(chosen)
        yield from (_ask(fact, generator) for fact in [first, *chosen])


@cache
def _wordings() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _opening(material: Material, told: list[Fact], generator: random.Random) -> Fact:
    """The whole description, or what it says first, which is then taken out of the rest."""
    first = next((fact for fact in told if fact.kind == "what"), None)
    if first is None or generator.random() < _DESCRIBED:
        told[:] = [fact for fact in told if fact.kind in ("iupac", "property")]
        return Fact("describe", "describe", {"what": material.context.description})
    told.remove(first)
    return first


def _told(material: Material) -> Iterator[Fact]:
    """What description, name and properties say."""
    seen: set[str] = set()
    for one in statements(material.context.description):
        if one.kind not in seen:
            seen.add(one.kind)
            capital = one.what[0].upper() + one.what[1:]
            yield Fact(
                one.kind, one.kind, {"what": one.what, "bare": one.bare, "verb": one.verb, "what_capital": capital}
            )
    if 0 < len(material.context.iupac) <= _LONGEST_NAME:
        yield Fact("iupac", "iupac", {"what": material.context.iupac})
    for name, value in material.context.properties.items():
        yield Fact("property", name, {"name": name, "what": value})


def _ask(fact: Fact, generator: random.Random) -> Turn:
    wording = _wordings()[fact.kind]
    question, answer = generator.choice(wording["ask"]), generator.choice(wording["answer"])
    return Turn(question.format_map(fact.words), answer.format_map(fact.words))
