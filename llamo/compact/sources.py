"""What the compact model learns from: open files of the data folder, each with its licence. Builds no conversation.

Molecules of ChEBI-20's validation and test splits and of the test splits of the other tasks are in none of it, whatever
way they are written.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from llamo.compact.wording import chebi_style
from llamo.data import structures
from llamo.data.reading import open_table
from llamo.data.sources import DataSource
from llamo.tasks import get_task, open_examples
from processors.molecule import MoleculeError, parse

DESCRIPTION = "description-chebi20"
# Tasks whose training questions are learned as they are asked; licences: `Task.licence`.
PROPERTIES = ("esol", "lipophilicity", "bbbp", "bace", "tox21", "qm9")
# Files of molecules for questions that RDKit answers: column of SMILES, licence.
MOLECULE_FILES = {
    "chebi20_train_smiles.csv.gz": ("SMILES", "structures of PubChem, on which NCBI places no restriction"),
    "iupac2struct_sample.csv.gz": ("SMILES", "IUPAC2Struct, MIT; structures of PubChem"),
    "uspto50k.csv.gz": ("product", "reactions of Lowe, CC0; file Apache-2.0"),
}

NAME_FILE = "iupac2struct_sample.csv.gz"
# Characters; longer names are for nobody to read.
LONGEST_NAME = 120


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


def canonical(smiles: str) -> str:
    """Canonical SMILES with stereo.

    Raises:
        MoleculeError: it cannot be read.
    """
    return structures.canonical(parse(smiles))


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
            structure = canonical(smiles)
        except MoleculeError:
            return None
        return None if structure in self._structures else structure


def _held_out(data_folder: Path) -> Iterator[str]:
    splits = {DESCRIPTION: ("validation", "test"), "description-pubchem324k": ("test",)}
    splits |= {name: ("test",) for name in ("iupac", *PROPERTIES, "questions")}
    for name, evaluated in splits.items():
        for split in evaluated:
            for example in open_examples(get_task(name), split, data_folder=data_folder):
                yield from map(canonical, example.molecules)


def descriptions(data_folder: Path, held_out: HeldOut) -> Iterator[Question]:
    """Descriptions of ChEBI, whose text is open whatever the file it came in says; one of each molecule."""
    seen: set[str] = set()
    for example in open_examples(get_task(DESCRIPTION), "train", data_folder=data_folder, draw_seed=0):
        text = chebi_style(example.target)
        structure = held_out.structure(example.smiles) if text else None
        if text and structure is not None and structure not in seen:
            seen.add(structure)
            yield Question("description", example.smiles, example.prompt, text)


def asked(data_folder: Path, split: str, *, limit: int | None) -> list[Question]:
    """Descriptions of ChEBI-20's validation or test split, word for word, in the first wording of the question."""
    found = open_examples(get_task(DESCRIPTION), split, data_folder=data_folder, limit=limit)
    return [Question("description", one.smiles, one.prompt, one.target) for one in found]


def task_questions(data_folder: Path, held_out: HeldOut, tasks: Sequence[str], *, limit: int) -> Iterator[Question]:
    """Training questions of tasks, at most so many of each."""
    for name in tasks:
        count = 0
        for example in open_examples(get_task(name), "train", data_folder=data_folder, draw_seed=0):
            if count < limit and len(example.target) <= LONGEST_NAME and held_out.structure(example.smiles) is not None:
                count += 1
                yield Question(name, example.smiles, example.prompt, example.target)


def names(data_folder: Path, held_out: HeldOut, *, limit: int, seed: int) -> Iterator[Question]:
    """IUPAC names beyond those of the task."""
    task, generator, count = get_task("iupac"), random.Random(seed), 0
    for _, record in open_table(DataSource(str(data_folder / NAME_FILE))):
        smiles, name = str(record["SMILES"]), str(record["iupac"])
        if count < limit and len(name) <= LONGEST_NAME and held_out.structure(smiles) is not None:
            count += 1
            yield Question("iupac", smiles, generator.choice(task.prompts), name)


def molecules(data_folder: Path, held_out: HeldOut, *, limit: int, seed: int) -> list[str]:
    """Molecules for questions that RDKit answers, at random from all files, each structure once."""
    found: dict[str, str] = {}
    for name, (column, _) in MOLECULE_FILES.items():
        for _, record in open_table(DataSource(str(data_folder / name))):
            smiles = str(record[column]).replace("\\\\", "\\")
            structure = held_out.structure(smiles)
            if structure is not None and structure not in found:
                found[structure] = smiles
    chosen = sorted(found.values())
    random.Random(seed).shuffle(chosen)
    return chosen[:limit]
