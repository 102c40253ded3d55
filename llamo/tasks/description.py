"""Molecule description: a molecule to what a chemist would write about it. Three data sets."""

from collections.abc import Mapping, Sequence
from typing import Any

from llamo.data.sources import DataSource
from llamo.tasks import cells, parsing, scorers
from llamo.tasks.selfies_text import to_smiles
from llamo.tasks.task import Fields, Split, Task

PROMPTS = (
    "Describe this molecule.",
    "What can you say about this molecule? Write a short description.",
    "Tell a chemist what this molecule is, where it comes from and what it does.",
)
_COLUMNS = {"smiles": "SMILES", "output": "description"}


def chebi20(file: str, **settings: Any) -> DataSource:
    """A file with the columns of ChEBI-20, which writes the bond direction `\\` twice."""
    return DataSource(path=file, columns=_COLUMNS, undo_doubled_backslashes=True, **settings)


def chebi20_splits() -> dict[str, Split]:
    """ChEBI-20; local training rows are those of it and of PubChem that are in neither validation nor test."""
    captions = chebi20("pubchem_captions.csv.gz", where={"chebi20_split": ["", "train", "train*"]})
    train = (chebi20("chebi20_train_partial.csv.gz"), captions)
    return {
        "train": Split(_on_hub("train"), train, without=("validation", "test")),
        "validation": Split(_on_hub("validation"), chebi20("chebi20_validation.csv.gz")),
        "test": Split(_on_hub("test"), chebi20("chebi20_test.csv.gz")),
    }


def _on_hub(split: str) -> DataSource:
    return chebi20("liupf/ChEBI-20-MM", split=split)


def _pubchem324k(origin: str, split: str) -> DataSource:
    return chebi20("pubchem_captions.csv.gz", where={"source": origin, "source_split": split})


def _read(row: Mapping[str, Any]) -> Sequence[Fields]:
    return [Fields((cells.text(row, "smiles"),), cells.text(row, "output"))]


def _read_mol_instructions(row: Mapping[str, Any]) -> Sequence[Fields]:
    return [Fields((to_smiles(cells.text(row, "smiles")),), cells.text(row, "output"))]


def _is_test(row: Mapping[str, Any]) -> bool:
    metadata = row.get("metadata")
    return isinstance(metadata, Mapping) and metadata.get("split") == "test"


def _is_no_test(row: Mapping[str, Any]) -> bool:
    return not _is_test(row)


def _task(name: str, title: str, splits: Mapping[str, Split], licence: str, read: Any = _read) -> Task:
    return Task(
        name=f"description-{name}",
        title=f"Molecule description, {title}",
        prompts=PROMPTS,
        splits=splits,
        read=read,
        answer="text",
        parse=parsing.text,
        scorers=scorers.description,
        licence=licence,
    )


_MOL_INSTRUCTIONS = DataSource(
    path="molecular_description_generation.json", columns={"smiles": "input", "output": "output"}
)

TASKS = (
    _task(
        "chebi20",
        "ChEBI-20",
        chebi20_splits(),
        "ChEBI-20 (Edwards et al. 2021, Text2Mol): ChEBI text, CC BY 4.0, through PubChem; files of MolT5, "
        "BSD-3-Clause. The local training rows also hold descriptions of PubChem, for some of which none is stated.",
    ),
    _task(
        "pubchem324k",
        "PubChem324k",
        {
            "train": Split(local=_pubchem324k("git-mol", "train"), without=("validation", "test")),
            "validation": Split(local=_pubchem324k("pubchem324k", "validation")),
            "test": Split(local=_pubchem324k("pubchem324k", "test")),
        },
        "PubChem324k (Liu et al. 2023, MolCA): no licence stated; PubChem record descriptions, each under its "
        "depositor's terms (ChEBI CC BY 4.0, LOTUS CC0 and others). Training rows: GIT-Mol, MIT.",
    ),
    _task(
        "mol-instructions",
        "Mol-Instructions",
        {
            "train": Split(local=_MOL_INSTRUCTIONS, keep=_is_no_test, without=("validation", "test")),
            "validation": Split(local=_MOL_INSTRUCTIONS, keep=_is_no_test, part="validation"),
            "test": Split(local=_MOL_INSTRUCTIONS, keep=_is_test),
        },
        "Mol-Instructions (Fang et al. 2024, arXiv 2306.08018), CC BY 4.0; text from PubChem.",
        _read_mol_instructions,
    ),
)
