"""What the compact model learns from: open files of the data folder, each with its licence. Builds no conversation.

Molecules that any task tests or validates on, and their stereoisomers, are in none of it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from llamo.data.reading import open_table
from llamo.data.sources import DataSource
from llamo.tasks import get_task, open_examples
from processors.molecule import MoleculeError, flat_structure, parse

DESCRIPTION = "description-chebi20"
# Tasks whose training questions are learned as they are asked; licences: `Task.licence`.
TASKS = ("iupac", "esol", "lipophilicity", "bbbp", "bace", "tox21", "qm9")
# Files of molecules for questions that RDKit answers: column of SMILES, licence.
MOLECULE_FILES = {
    "chebi20_train_smiles.csv.gz": ("SMILES", "structures of PubChem, on which NCBI places no restriction"),
    "iupac2struct_sample.csv.gz": ("SMILES", "IUPAC2Struct, MIT; structures of PubChem"),
    "uspto50k.csv.gz": ("product", "reactions of Lowe, CC0; file Apache-2.0"),
}

# Shorter descriptions say next to nothing; longer names are for nobody to read.
FEWEST_WORDS, LONGEST_NAME = 6, 120


@dataclass(frozen=True)
class Question:
    """One question with its answer.

    Attributes:
        kind: of the data.
        smiles: of the molecule.
        prompt: the question.
        answer: what is learned.
    """

    kind: str
    smiles: str
    prompt: str
    answer: str


class HeldOut:
    """Structures that are evaluated on.

    Args:
        data_folder: where the files are.
    """

    def __init__(self, data_folder: Path):
        self._structures = frozenset(_held_out(data_folder))

    def __len__(self) -> int:
        return len(self._structures)

    def structure(self, smiles: str) -> str | None:
        """The structure of a molecule to learn from, or None where it is held out or cannot be read."""
        try:
            structure = flat_structure(parse(smiles))
        except MoleculeError:
            return None
        return None if structure in self._structures else structure


def _held_out(data_folder: Path) -> Iterator[str]:
    for name in (DESCRIPTION, "description-pubchem324k", *TASKS, "questions"):
        task = get_task(name)
        for split in ("validation", "test"):
            if split in task.splits and not (name == "description-pubchem324k" and split == "validation"):
                for example in open_examples(task, split, data_folder=data_folder):
                    for smiles in example.molecules:
                        yield flat_structure(parse(smiles))


def descriptions(data_folder: Path, held_out: HeldOut) -> Iterator[Question]:
    """Descriptions of ChEBI and PubChem, whose text is open whatever the file it came in says; each wording once."""
    seen: set[tuple[str, str]] = set()
    for example in open_examples(get_task(DESCRIPTION), "train", data_folder=data_folder, draw_seed=0):
        structure = held_out.structure(example.smiles)
        text = " ".join(example.target.split())
        if structure is not None and len(text.split()) >= FEWEST_WORDS and (structure, text) not in seen:
            seen.add((structure, text))
            yield Question("description", example.smiles, example.prompt, text)


def validation(data_folder: Path, *, limit: int = 300) -> list[Question]:
    """Descriptions to look at while training."""
    found = open_examples(get_task(DESCRIPTION), "validation", data_folder=data_folder, limit=limit)
    return [Question("description", one.smiles, one.prompt, " ".join(one.target.split())) for one in found]


def task_questions(data_folder: Path, held_out: HeldOut, *, limit: int) -> Iterator[Question]:
    """Training questions of `TASKS`, at most so many of each."""
    for name in TASKS:
        count = 0
        for example in open_examples(get_task(name), "train", data_folder=data_folder, draw_seed=0):
            if count < limit and len(example.target) <= LONGEST_NAME and held_out.structure(example.smiles) is not None:
                count += 1
                yield Question(name, example.smiles, example.prompt, example.target)


def molecules(data_folder: Path, held_out: HeldOut, *, limit: int, seed: int) -> list[str]:
    """Molecules for questions that RDKit answers, at random from all files, each structure once."""
    found: dict[str, str] = {}
    for name, (column, _) in MOLECULE_FILES.items():
        source = DataSource(str(data_folder / name), columns={"smiles": column}, undo_doubled_backslashes=True)
        for _, record in open_table(source):
            smiles = str(record[column]).replace("\\\\", "\\")
            structure = held_out.structure(smiles)
            if structure is not None and structure not in found:
                found[structure] = smiles
    chosen = sorted(found.values())
    random.Random(seed).shuffle(chosen)
    return chosen[:limit]
