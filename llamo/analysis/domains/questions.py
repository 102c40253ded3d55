"""The facts that every kind of molecules is asked about, and what answers them blindly. Knows RDKit, no model."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from llamo.compact.rows import Row
from llamo.demo.questions import QUESTION_TYPES, QuestionType
from llamo.tasks.splitting import read_molecule
from processors.molecule import muted_rdkit

FACTS = ("aromatic rings", "nitrogen atoms", "halogen", "hydroxyl group", "carbonyl group", "amine")
KINDS: tuple[QuestionType, ...] = tuple(kind for kind in QUESTION_TYPES if kind.key in FACTS)
# Questions about one molecule of a test; which, changes from molecule to molecule.
EACH = 3
# About so many molecules, evenly drawn, tell which answer is the most frequent.
_COUNTED = 300


def label(domain: str, fact: str) -> str:
    """The kind of row of a question about a molecule of a domain."""
    return f"{domain}: {fact}"


def learned(domain: str, smiles: Iterable[str], *, seed: int = 0) -> Iterator[Row]:
    """A conversation about each molecule: every fact once, in any order."""
    generator = random.Random(seed)
    for one in smiles:
        answers = _answers(one)
        kinds = generator.sample(KINDS, len(KINDS))
        turns = tuple((kind.phrasings[0], answers[kind.key]) for kind in kinds)
        yield Row(domain, one, one, turns)


def asked(domain: str, smiles: Sequence[str]) -> list[Row]:
    """Questions about molecules, each alone."""
    return [
        Row(label(domain, kind.key), one, one, ((kind.phrasings[0], _answers(one)[kind.key]),))
        for number, one in enumerate(smiles)
        for kind in (KINDS[(number * EACH + place) % len(KINDS)] for place in range(EACH))
    ]


def blind(learned: Mapping[str, Sequence[str]], asked: Mapping[str, Sequence[Row]]) -> dict[str, dict[str, float]]:
    """Share of right answers of the most frequent training answer, by domain learned from and domain asked.

    It is the mean over facts, each of which counts alike.
    """
    found = {}
    for name, smiles in learned.items():
        answers = [_answers(one) for one in smiles[:: max(1, len(smiles) // _COUNTED)]]
        usual = {fact: Counter(one[fact] for one in answers).most_common(1)[0][0] for fact in FACTS}
        found[name] = {domain: _share(usual, domain, rows) for domain, rows in asked.items()}
    return found


def _answers(smiles: str) -> dict[str, str]:
    with muted_rdkit():
        mol = read_molecule(smiles)
        return {kind.key: kind.answer(mol) for kind in KINDS}


def _share(usual: Mapping[str, str], domain: str, rows: Sequence[Row]) -> float:
    of_fact = [[row.turns[0][1] == usual[fact] for row in rows if row.kind == label(domain, fact)] for fact in FACTS]
    return float(np.mean([np.mean(right) for right in of_fact if right]))
