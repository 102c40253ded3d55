"""Multiple choice: which of four texts is true of a molecule. Made of descriptions, or read from MoleculeQA files."""

import hashlib
from bisect import bisect
from collections.abc import Mapping, Sequence
from typing import Any

from llamo.data.bad_row import Problem
from llamo.tasks import cells, parsing, scorers
from llamo.tasks.description import chebi20_splits
from llamo.tasks.task import Fields, Task

LETTERS = "ABCD"


def _read(row: Mapping[str, Any]) -> Sequence[Fields]:
    smiles = cells.text(row, "smiles")
    if "question" in row and "answer" in row:
        question = cells.text(row, "question").replace("<BIO-SEQ-TYPE>", "SMILES").replace("<BIO-SEQ>", smiles)
        return [Fields((smiles,), _letter(cells.text(row, "answer")), {"question": question})]
    return [Fields((smiles,), cells.text(row, "output"))]


def _letter(answer: str) -> str:
    letter = parsing.choice(answer)
    if letter not in tuple(LETTERS):
        raise Problem("schema", "its answer is none of A, B, C and D", "correct it", answer)
    return letter


def arrange(rows: Sequence[Fields]) -> Sequence[Fields]:
    """Descriptions as questions: beside the true one stand three of other molecules of the split.

    Wrong texts and letters are chosen by hashes, so that the order of rows does not matter; each letter is right
    equally often. Questions that came ready-made stay as they are.

    Raises:
        ValueError: the rows hold fewer than four different descriptions.
    """
    made = [one for one in rows if not one.values]
    circle = sorted({one.target for one in made}, key=_hash)
    if made and len(circle) < len(LETTERS):
        raise ValueError(f"multiple-choice: {len(circle)} different descriptions; give at least {len(LETTERS)}")
    marks = [_hash(text) for text in circle]
    ranked = sorted(range(len(made)), key=lambda number: _hash(_name(made[number])))
    letters = {number: LETTERS[rank % len(LETTERS)] for rank, number in enumerate(ranked)}
    questions = iter([_question(one, letters[number], circle, marks) for number, one in enumerate(made)])
    return [one if one.values else next(questions) for one in rows]


def _question(one: Fields, letter: str, circle: Sequence[str], marks: Sequence[str]) -> Fields:
    texts: list[str] = []
    draw = 0
    while len(texts) < len(LETTERS) - 1:
        place = bisect(marks, _hash(f"{_name(one)} {draw}"))
        draw += 1
        text = circle[place % len(circle)]
        if text != one.target and text not in texts:
            texts.append(text)
    texts.insert(LETTERS.index(letter), one.target)
    options = "\n".join(f"{name}) {text}" for name, text in zip(LETTERS, texts, strict=True))
    question = f"Which description fits this molecule?\n{options}"
    return Fields(one.molecules, letter, {"question": question}, one.group, one.key)


def _name(one: Fields) -> str:
    return f"{' '.join(one.molecules)} {one.target}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


TASK = Task(
    name="multiple-choice",
    title="Multiple choice, from the descriptions of ChEBI-20",
    prompts=(
        "{question}\nAnswer with the letter of the right option.",
        "{question}\nChoose one option and give its letter.",
        "Here is a molecule. {question}\nWrite only the letter of the best answer.",
    ),
    splits=chebi20_splits(),
    read=_read,
    answer="choice",
    parse=parsing.choice,
    scorers=scorers.choice,
    max_new_tokens=8,
    licence="ChEBI-20, see description-chebi20. MoleculeQA (Lu et al. 2024, arXiv 2403.08192) in a file of yours: MIT.",
    arrange=arrange,
)
