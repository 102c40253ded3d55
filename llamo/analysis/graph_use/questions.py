"""Questions that the compact model knows, about molecules it has not learned. Knows data and RDKit, no model."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from llamo.compact import sources
from llamo.compact.rows import Row
from llamo.demo.questions import QUESTION_TYPES
from llamo.tasks import get_task, open_examples
from processors.molecule import parse

# Tasks by the name they are shown with; their test splits are asked.
TASKS = {
    "IUPAC name": "iupac",
    "QM9 energy": "qm9",
    "solubility": "esol",
    "lipophilicity": "lipophilicity",
    "blood-brain barrier": "bbbp",
    "BACE": "bace",
    "Tox21": "tox21",
}
DESCRIPTION = "description"
# Facts by what they ask; so many questions about each molecule.
FACTS = {"formula": 1, "counts": 2, "groups": 2}
# Molecules are drawn from so many times as many first questions of each test split, Tox21's from more: it asks about
# each molecule up to twelve times.
DRAWN_FROM = {"Tox21": 48}
DRAWN_FROM_OTHERS = 4
KINDS = (DESCRIPTION, *FACTS, *TASKS)


def questions(data: Path, *, molecules: int, most_atoms: int, seed: int = 0) -> list[Row]:
    """Rows of every kind in `KINDS`, about so many molecules each.

    Args:
        data: folder of the data files.
        molecules: of each kind.
        most_atoms: of a molecule; larger ones are left out.
        seed: of the choice of molecules and facts.
    """
    described = _some(sources.asked(data, "test", limit=DRAWN_FROM_OTHERS * molecules), molecules, most_atoms, seed)
    rows = [Row(DESCRIPTION, one.smiles, one.smiles, ((one.prompt, one.answer),)) for one in described]
    rows += _facts([one.smiles for one in described], seed)
    for kind, name in TASKS.items():
        first = DRAWN_FROM.get(kind, DRAWN_FROM_OTHERS) * molecules
        examples = open_examples(get_task(name), "test", data_folder=data, draw_seed=0, limit=first)
        asked = [sources.Question(kind, one.smiles, one.prompt, one.target) for one in examples]
        for one in _some(asked, molecules, most_atoms, seed):
            rows.append(Row(kind, one.smiles, one.smiles, ((one.prompt, one.answer),)))
    return rows


def fact_kind(key: str, answer: str) -> str:
    """The kind in `FACTS` of a question of the demo."""
    return key if key == "formula" else "groups" if answer in ("yes", "no") else "counts"


def _facts(molecules: Sequence[str], seed: int) -> Iterator[Row]:
    draw = random.Random(seed)
    for smiles in molecules:
        mol, by_kind = parse(smiles), {kind: [] for kind in FACTS}
        for question in QUESTION_TYPES:
            answer = question.answer(mol)
            by_kind[fact_kind(question.key, answer)].append((question.phrasings[0], answer))
        for kind, asked in by_kind.items():
            for turn in draw.sample(asked, FACTS[kind]):
                yield Row(kind, smiles, smiles, (turn,))


def _some(asked: Sequence[sources.Question], molecules: int, most_atoms: int, seed: int) -> list[sources.Question]:
    """One question about each of so many molecules that are not too large, by chance."""
    order, found = random.Random(seed).sample(asked, len(asked)), {}
    for one in order:
        if len(found) == molecules:
            break
        if one.smiles not in found and parse(one.smiles).GetNumAtoms() <= most_atoms:
            found[one.smiles] = one
    return list(found.values())
