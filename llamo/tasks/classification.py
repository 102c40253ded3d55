"""Measured properties of MoleculeNet that are yes or no: BBBP, BACE, and the twelve assays of Tox21."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from llamo.data.sources import DataSource
from llamo.tasks import cells, parsing, scorers
from llamo.tasks.task import Fields, Split, Task

ASSAYS = {
    "NR-AR": "signalling of the androgen receptor",
    "NR-AR-LBD": "the ligand-binding domain of the androgen receptor",
    "NR-AhR": "the aryl hydrocarbon receptor",
    "NR-Aromatase": "inhibition of the enzyme aromatase",
    "NR-ER": "signalling of the estrogen receptor alpha",
    "NR-ER-LBD": "the ligand-binding domain of the estrogen receptor alpha",
    "NR-PPAR-gamma": "the peroxisome proliferator-activated receptor gamma",
    "SR-ARE": "oxidative stress (antioxidant response element)",
    "SR-ATAD5": "damage to DNA, seen by the level of ATAD5",
    "SR-HSE": "the heat shock response",
    "SR-MMP": "loss of the mitochondrial membrane potential",
    "SR-p53": "stress that activates p53",
}
_APACHE = "file of the selfies repository, Apache-2.0."


def _splits(hub: str, local: DataSource, key: Literal["scaffold", "structure"], **columns: str) -> dict[str, Split]:
    on_hub = DataSource(path=f"scikit-fingerprints/MoleculeNet_{hub}", columns={"smiles": "SMILES", **columns})
    return {part: Split(on_hub, local, part=part, part_key=key) for part in ("train", "validation", "test")}


def _read(row: Mapping[str, Any]) -> Sequence[Fields]:
    return [Fields((cells.text(row, "smiles"),), cells.yes_no(row, "output"))]


def _read_assays(row: Mapping[str, Any]) -> Sequence[Fields]:
    """One question per assay in which the molecule was measured."""
    smiles = cells.text(row, "smiles")
    measured = [name for name in ASSAYS if not cells.is_missing(row.get(name))]
    return [Fields((smiles,), cells.yes_no(row, name), {"assay": ASSAYS[name]}, group=name) for name in measured]


def _task(
    name: str, title: str, *, prompts: Sequence[str], splits: dict[str, Split], licence: str, read: Any = _read
) -> Task:
    return Task(
        name=name,
        title=title,
        prompts=prompts,
        splits=splits,
        read=read,
        answer="yes_no",
        parse=parsing.yes_no,
        scorers=scorers.yes_no,
        max_new_tokens=8,
        licence=licence,
    )


TASKS = (
    _task(
        "bbbp",
        "Blood-brain barrier penetration, BBBP",
        prompts=(
            "Does this molecule cross the blood-brain barrier? Answer Yes or No.",
            "Can this compound get from the blood into the brain? Answer Yes or No.",
            "Is this molecule able to pass the blood-brain barrier? Yes or No?",
        ),
        splits=_splits(
            "BBBP",
            DataSource(path="bbbp.csv.gz", columns={"smiles": "smiles", "output": "p_np"}),
            "scaffold",
            output="label",
        ),
        licence=f"BBBP (Martins et al. 2012), as in MoleculeNet; {_APACHE}",
    ),
    _task(
        "bace",
        "Inhibition of BACE-1, BACE",
        prompts=(
            "Does this molecule inhibit human beta-secretase 1 (BACE-1)? Answer Yes or No.",
            "Is this compound an inhibitor of the enzyme BACE-1? Answer Yes or No.",
            "Would this molecule block beta-secretase 1? Yes or No?",
        ),
        splits=_splits(
            "BACE",
            DataSource(path="bace.csv.gz", columns={"smiles": "smiles", "output": "Class"}),
            "scaffold",
            output="label",
        ),
        licence=f"BACE (Subramanian et al. 2016), as in MoleculeNet; {_APACHE}",
    ),
    _task(
        "tox21",
        "Toxicity in twelve assays, Tox21",
        prompts=(
            "Is this molecule active in the Tox21 assay for {assay}? Answer Yes or No.",
            "An assay of Tox21 tests for {assay}. Does this compound show activity there? Answer Yes or No.",
            "Would you expect activity of this molecule in a test for {assay}? Yes or No?",
        ),
        splits=_splits("Tox21", DataSource(path="tox21.csv.gz", columns={"smiles": "smiles"}), "structure"),
        licence=f"Tox21 challenge of the NIH (2014), as in MoleculeNet; {_APACHE}",
        read=_read_assays,
    ),
)
