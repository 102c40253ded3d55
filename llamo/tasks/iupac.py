"""IUPAC name prediction: a molecule to its systematic name."""

from collections.abc import Mapping, Sequence
from typing import Any

from llamo.data.sources import DataSource
from llamo.tasks import cells, parsing, scorers
from llamo.tasks.task import Fields, Split, Task


def _local(split: str) -> DataSource:
    columns = {"smiles": "SMILES", "output": "iupac"}
    return DataSource(path="iupac_pubchem324k.csv.gz", columns=columns, where={"split": split})


def _read(row: Mapping[str, Any]) -> Sequence[Fields]:
    return [Fields((cells.text(row, "smiles"),), cells.text(row, "output"))]


TASK = Task(
    name="iupac",
    title="IUPAC name prediction, PubChem324k",
    prompts=(
        "What is the IUPAC name of this molecule? Answer with the name alone.",
        "Name this molecule by the IUPAC rules.",
        "Give the systematic (IUPAC) name of this compound, and nothing else.",
    ),
    splits={
        "train": Split(local=_local("train"), without=("validation", "test")),
        "validation": Split(local=_local("validation")),
        "test": Split(local=_local("test")),
    },
    read=_read,
    answer="name",
    parse=parsing.text,
    scorers=scorers.iupac,
    licence="Names and structures are computed by PubChem, on which NCBI places no restriction; splits as in "
    "TOMG-Bench, which states no licence.",
)
