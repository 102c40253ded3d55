"""Conversations to train the compact model on. Knows RDKit and prompts, no tokenizer and no tensor."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rdkit import Chem

from llamo.compact import refusals
from llamo.compact.sources import Question
from llamo.demo.questions import QUESTION_TYPES
from processors.retrieval import CaptionIndex, with_retrieved

# Shares of the training prompts of descriptions that carry captions of similar molecules, and of prompts with SMILES.
RETRIEVED_SHARE, SMILES_SHARE = 0.6, 0.4
MOST_RETRIEVED = 3
TURNS = 5


@dataclass(frozen=True)
class Row:
    """One conversation about one molecule, or none.

    Attributes:
        kind: of the data.
        smiles: as the prompt writes it, if `with_smiles`; None for text alone.
        turns: questions and answers, one after the other.
        with_smiles: whether the prompt writes it.
    """

    kind: str
    smiles: str | None
    turns: tuple[tuple[str, str], ...]
    with_smiles: bool = False


class RowMaker:
    """Makes rows; `seed` decides every choice.

    Args:
        captions: what is retrieved from.
        structures: structure of each SMILES that is learned from.
    """

    def __init__(self, captions: CaptionIndex, structures: dict[str, str], *, seed: int):
        self.captions, self.structures = captions, structures
        self.random = random.Random(seed)

    def descriptions(self, questions: Sequence[Question], *, copies: int) -> Iterator[Row]:
        """Each description several times, with other wordings, retrieved captions and spellings of the molecule."""
        for question in questions:
            for _ in range(copies):
                count = self.random.randint(1, MOST_RETRIEVED) if self.random.random() < RETRIEVED_SHARE else 0
                yield self._row(question.kind, question.smiles, [self._with_captions(question, count)])

    def single(self, questions: Sequence[Question]) -> Iterator[Row]:
        """Each question as a row."""
        for question in questions:
            yield self._row(question.kind, question.smiles, [(question.prompt, question.answer)])

    def facts(self, molecules: Sequence[str]) -> Iterator[Row]:
        """Conversations of several questions that RDKit answers, now and then one that nobody can answer."""
        unknown = refusals.questions()
        for smiles in molecules:
            mol = Chem.MolFromSmiles(smiles)
            kinds = self.random.sample(QUESTION_TYPES, TURNS)
            turns = [(self.random.choice(kind.phrasings), kind.answer(mol)) for kind in kinds]
            if self.random.random() < 0.1:
                turns[self.random.randrange(TURNS)] = (self.random.choice(unknown), refusals.ANSWER)
            yield self._row("facts", smiles, turns)

    def talks(self, questions: Sequence[Question]) -> Iterator[Row]:
        """A description, then facts about the same molecule."""
        for question in questions:
            mol = Chem.MolFromSmiles(question.smiles)
            kinds = self.random.sample(QUESTION_TYPES, 2)
            facts = [(self.random.choice(kind.phrasings), kind.answer(mol)) for kind in kinds]
            yield self._row("talk", question.smiles, [(question.prompt, question.answer), *facts])

    def refusals(self, molecules: Sequence[str]) -> Iterator[Row]:
        """Questions that are refused, about molecules and about something else."""
        for smiles in molecules:
            yield self._row("refusal", smiles, [(self.random.choice(refusals.questions()), refusals.ANSWER)])
        for question in refusals.other_questions() * max(1, len(molecules) // 40):
            yield Row("refusal", None, ((question, refusals.ANSWER),))

    def _with_captions(self, question: Question, count: int) -> tuple[str, str]:
        if not count:
            return question.prompt, question.answer
        own = self.structures[question.smiles]
        found = self.captions.nearest(question.smiles, count, without=own)
        return with_retrieved(question.prompt, found), question.answer

    def _row(self, kind: str, smiles: str, turns: Sequence[tuple[str, str]]) -> Row:
        if self.random.random() >= SMILES_SHARE:
            return Row(kind, smiles, tuple(turns))
        return Row(kind, self._respelled(smiles), tuple(turns), with_smiles=True)

    def _respelled(self, smiles: str) -> str:
        """The same molecule in another order of its atoms (SMILES randomisation)."""
        mol = Chem.MolFromSmiles(smiles)
        order = list(range(mol.GetNumAtoms()))
        self.random.shuffle(order)
        return Chem.MolToSmiles(Chem.RenumberAtoms(mol, order), canonical=False)


def count(rows: Sequence[Row]) -> Counter[str]:
    """Rows of each kind."""
    return Counter(row.kind for row in rows)
