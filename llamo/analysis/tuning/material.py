"""One set of molecules in three forms: descriptions, plain questions and written conversations. Knows no model."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rdkit import Chem

from llamo.analysis.laboratory.shown import take
from llamo.checking import Conversation, read_conversations
from llamo.compact.prepare import encode_rows
from llamo.compact.rows import Row
from llamo.compact.tensors import TensorRows
from llamo.data.sources import DataSource
from llamo.demo.questions import QUESTION_TYPES
from llamo.training.tokenizer import build_tokenizer
from processors import LlamoProcessor
from processors.molecule import muted_rdkit

DESCRIBE = "Describe this molecule."
CAPTIONS, QUESTIONS, CONVERSATIONS = "captions", "questions", "conversations"
VOCABULARY = 1500
MOST_ATOMS, MOST_TOKENS = 60, 400


@dataclass(frozen=True)
class Talk:
    """A molecule with what is said about it.

    Attributes:
        smiles: of it.
        description: that the conversation was written from.
        turns: of the conversation: questions and answers.
    """

    smiles: str
    description: str
    turns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Lessons:
    """What is learned, and what is kept to be asked about.

    Attributes:
        processor: writes prompts with graph tokens, without SMILES.
        rows: of the kinds "captions", "questions" and "conversations", as many tokens of each.
        kept: molecules of which nothing is learned.
    """

    processor: LlamoProcessor
    rows: TensorRows
    kept: list[Talk]


def read_talks(path: Path) -> list[Talk]:
    """Conversations of `llamo build-instructions` about one molecule each, with their descriptions.

    Raises:
        ValueError: the file is missing, or no conversation has a description in its `context`.
    """
    if not path.is_file():
        raise ValueError(f"{path} is missing: write conversations by `llamo build-instructions`, and give their file")
    with muted_rdkit():
        found = [_talk(one) for one in read_conversations(DataSource(str(path)))]
    if not (talks := [one for one in found if one is not None]):
        raise ValueError(f"{path} holds no conversation with a description in its context: give a file of shards")
    return talks


def _talk(one: Conversation) -> Talk | None:
    mol = Chem.MolFromSmiles(one.molecules[0]) if len(one.molecules) == 1 and one.context.description else None
    if mol is None or mol.GetNumAtoms() > MOST_ATOMS:
        return None
    return Talk(
        Chem.MolToSmiles(mol), one.context.description, tuple((turn.question, turn.answer) for turn in one.turns)
    )


def lessons(talks: Sequence[Talk], *, learned: int, kept: int, graph_tokens: int, seed: int = 0) -> Lessons:
    """Rows of equal length in all for the three forms, about the same molecules.

    Args:
        talks: with descriptions.
        learned: molecules whose descriptions are learned.
        kept: molecules to ask about.
        graph_tokens: of a molecule.
        seed: of the choice and of the order.

    Raises:
        ValueError: there are not so many molecules.
    """
    if len(talks) < learned + kept:
        raise ValueError(f"{learned} + {kept} molecules are wanted, there are {len(talks)}: ask for fewer")
    chosen = random.Random(seed).sample(list(talks), learned + kept)
    some, held = chosen[:learned], chosen[learned:]
    rows = [
        *(Row(CAPTIONS, one.smiles, one.smiles, ((DESCRIBE, one.description),)) for one in some),
        *(Row(CONVERSATIONS, one.smiles, one.smiles, one.turns) for one in some),
        *_plain(some, seed),
    ]
    texts = [text for row in rows for turn in row.turns for text in turn]
    tokenizer = build_tokenizer(texts, vocab_size=VOCABULARY)
    processor = LlamoProcessor.from_tokenizer(tokenizer, include_smiles=False)
    processor.num_graph_tokens = graph_tokens
    return Lessons(processor, _even(encode_rows(rows, processor, MOST_TOKENS)), held)


def _plain(talks: Sequence[Talk], seed: int) -> Iterator[Row]:
    """Single questions that RDKit answers, in their first wording, several about each molecule."""
    generator = random.Random(seed)
    with muted_rdkit():
        for one in talks:
            mol = Chem.MolFromSmiles(one.smiles)
            for kind in generator.sample(QUESTION_TYPES, 5):
                yield Row(QUESTIONS, one.smiles, one.smiles, ((kind.phrasings[0], kind.answer(mol)),))


def _even(rows: TensorRows) -> TensorRows:
    """The first rows of each kind, so many that all kinds have about as many tokens."""
    kinds = range(len(rows.names))
    fewest = min(int(rows.lengths[rows.kinds == kind].sum()) for kind in kinds)
    numbers = [np.flatnonzero(rows.kinds == kind) for kind in kinds]
    kept = [some[: int(np.searchsorted(rows.lengths[some].cumsum(), fewest, "right"))] for some in numbers]
    return take(rows, np.concatenate(kept))
