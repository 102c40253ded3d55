"""Conversations to train the compact model on. Knows RDKit and prompts, no tokenizer and no tensor."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rdkit import Chem

from llamo.compact import refusals
from llamo.compact.sources import Question
from llamo.demo.questions import QUESTION_TYPES
from processors.retrieval import CaptionIndex, Retrieved, with_retrieved

# Share of the training prompts of descriptions that carry captions of similar molecules, and how many at most.
RETRIEVED_SHARE, MOST_RETRIEVED = 0.6, 4
# Captions are drawn from so many nearest; in half of the prompts they are the nearest themselves.
_DRAWN_FROM = 8
# Share of those prompts in which the answer stands among the captions, so that copying is learned.
OWN_SHARE = 0.15
TURNS = 5
# Kinds of facts that are asked more often than others, and how much more.
_OFTEN = {"formula": 6, "rings": 3, "aromatic rings": 2, "heavy atoms": 2, "carbon atoms": 2}


@dataclass(frozen=True)
class Row:
    """One conversation about one molecule, or none.

    Attributes:
        kind: of the data.
        molecule: SMILES of it, one spelling for all rows; None for text alone.
        smiles: as the prompt writes it; None for text alone.
        turns: questions and answers, one after the other.
    """

    kind: str
    molecule: str | None
    smiles: str | None
    turns: tuple[tuple[str, str], ...]


class RowMaker:
    """Makes rows; `seed` decides every choice.

    Args:
        captions: what is retrieved from.
        seed: of all choices.
    """

    def __init__(self, captions: CaptionIndex, *, seed: int):
        self.captions = captions
        self.random = random.Random(seed)
        self._near: dict[str, list[Retrieved]] = {}

    def descriptions(self, questions: Sequence[Question], *, copies: int) -> Iterator[Row]:
        """Each description several times, with other retrieved captions and spellings of the molecule."""
        for question in questions:
            for _ in range(copies):
                prompt = with_retrieved(question.prompt, self._retrieved(question))
                yield self._row(question.kind, question.smiles, [(prompt, question.answer)])

    def asked(self, questions: Sequence[Question], *, retrieve: int, kind: str | None = None) -> Iterator[Row]:
        """Questions as a user asks them, behind the captions of so many similar molecules."""
        for question in questions:
            found = self.captions.nearest(question.smiles, retrieve) if retrieve else []
            turns = ((with_retrieved(question.prompt, found), question.answer),)
            yield Row(kind or question.kind, question.smiles, question.smiles, turns)

    def single(self, questions: Sequence[Question], *, copies: int = 1) -> Iterator[Row]:
        """Each question as a row."""
        for question in questions:
            for _ in range(copies):
                yield self._row(question.kind, question.smiles, [(question.prompt, question.answer)])

    def facts(self, molecules: Sequence[str], *, copies: int = 1) -> Iterator[Row]:
        """Conversations of several questions that RDKit answers, now and then one that nobody can answer."""
        unknown = refusals.questions()
        for smiles in molecules:
            mol = Chem.MolFromSmiles(smiles)
            for _ in range(copies):
                turns = self._ask(mol, TURNS)
                if self.random.random() < 0.1:
                    turns[self.random.randrange(TURNS)] = (self.random.choice(unknown), refusals.ANSWER)
                yield self._row("facts", smiles, turns)

    def each_fact(self, molecules: Sequence[str]) -> Iterator[Row]:
        """Every question that RDKit answers, alone and in its first wording; rows are of the question's kind."""
        for smiles in molecules:
            mol = Chem.MolFromSmiles(smiles)
            for kind in QUESTION_TYPES:
                yield Row(kind.key, smiles, smiles, ((kind.phrasings[0], kind.answer(mol)),))

    def talks(self, questions: Sequence[Question]) -> Iterator[Row]:
        """A description, then facts about the same molecule."""
        for question in questions:
            turns = [(question.prompt, question.answer), *self._ask(Chem.MolFromSmiles(question.smiles), 2)]
            yield self._row("talk", question.smiles, turns)

    def refusals(self, molecules: Sequence[str]) -> Iterator[Row]:
        """Questions that are refused, about molecules and about something else."""
        for smiles in molecules:
            yield self._row("refusal", smiles, [(self.random.choice(refusals.questions()), refusals.ANSWER)])
        for question in refusals.other_questions() * max(1, len(molecules) // 40):
            yield Row("refusal", None, None, ((question, refusals.ANSWER),))

    def _ask(self, mol: Chem.Mol, count: int) -> list[tuple[str, str]]:
        """Different questions about a molecule with their answers."""
        weights = [_OFTEN.get(kind.key, 1) for kind in QUESTION_TYPES]
        kinds = list(dict.fromkeys(self.random.choices(QUESTION_TYPES, weights, k=6 * count)))[:count]
        return [(self.random.choice(kind.phrasings), kind.answer(mol)) for kind in kinds]

    def _retrieved(self, question: Question) -> list[Retrieved]:
        """Captions of similar molecules; the answer is none of them, or now and then the first."""
        if self.random.random() >= RETRIEVED_SHARE:
            return []
        if question.smiles not in self._near:
            found = self.captions.nearest(question.smiles, 2 * _DRAWN_FROM)
            self._near[question.smiles] = [one for one in found if one.caption != question.answer][:_DRAWN_FROM]
        near, count = self._near[question.smiles], self.random.randint(1, MOST_RETRIEVED)
        found = near[:count]
        if self.random.random() < 0.5:
            found = [near[place] for place in sorted(self.random.sample(range(len(near)), min(count, len(near))))]
        own = [Retrieved(question.smiles, question.answer, 1.0)] if self.random.random() < OWN_SHARE else []
        return [*own, *found][:count]

    def _row(self, kind: str, smiles: str, turns: Sequence[tuple[str, str]]) -> Row:
        return Row(kind, smiles, self._respelled(smiles), tuple(turns))

    def _respelled(self, smiles: str) -> str:
        """The same molecule, in half of the rows in another order of its atoms (SMILES randomisation)."""
        mol = Chem.MolFromSmiles(smiles)
        if self.random.random() < 0.5:
            return Chem.MolToSmiles(mol)
        order = list(range(mol.GetNumAtoms()))
        self.random.shuffle(order)
        return Chem.MolToSmiles(Chem.RenumberAtoms(mol, order), canonical=False)


def count(rows: Sequence[Row]) -> Counter[str]:
    """Rows of each kind."""
    return Counter(row.kind for row in rows)
