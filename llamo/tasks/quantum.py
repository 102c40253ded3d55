"""QM9: energies of the frontier orbitals of small molecules, in Hartree, as numbers in text."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from llamo.data.sources import DataSource
from llamo.tasks import cells, parsing, scorers
from llamo.tasks.task import Fields, Split, Task

UNIT = "Hartree"
DECIMALS = 4
PROPERTIES = {
    "homo": "energy of the highest occupied molecular orbital (HOMO)",
    "lumo": "energy of the lowest unoccupied molecular orbital (LUMO)",
    "gap": "energy gap between HOMO and LUMO",
}
PROMPTS = (
    "What is the {property} of this molecule in Hartree? Answer with a number with 4 decimals.",
    "Give the {property} of this molecule, in Hartree, as a number.",
    "Estimate the {property} of the molecule. Write only the number, in Hartree.",
)
_HUB = DataSource(path="yairschiff/qm9", columns={"smiles": "canonical_smiles"})
_LOCAL = DataSource(path="qm9_homo_lumo_gap.csv.gz", columns={"smiles": "smiles"})


def _reader(properties: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Fields]]:
    def read(row: Mapping[str, Any]) -> Sequence[Fields]:
        return [_fields(row, name) for name in properties]

    return read


def _fields(row: Mapping[str, Any], name: str) -> Fields:
    value = cells.number(row, name, decimals=DECIMALS)
    return Fields((cells.text(row, "smiles"),), value, {"property": PROPERTIES[name]}, group=name)


def _task(name: str, title: str, properties: Sequence[str]) -> Task:
    return Task(
        name=name,
        title=f"{title}, QM9",
        prompts=PROMPTS,
        splits={part: Split(_HUB, _LOCAL, part=part) for part in ("train", "validation", "test")},
        read=_reader(properties),
        answer="number",
        parse=parsing.number,
        scorers=scorers.number,
        max_new_tokens=16,
        unit=UNIT,
        licence="QM9 (Ramakrishnan et al. 2014), CC0; the repository of the local file states none.",
    )


TASKS = (
    _task("qm9", "HOMO, LUMO and gap", tuple(PROPERTIES)),
    _task("qm9-homo", "HOMO energy", ("homo",)),
    _task("qm9-lumo", "LUMO energy", ("lumo",)),
    _task("qm9-gap", "HOMO-LUMO gap", ("gap",)),
)
