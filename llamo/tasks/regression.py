"""Measured properties of MoleculeNet that are numbers: solubility, hydration free energy, lipophilicity."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from llamo.data.sources import DataSource
from llamo.tasks import cells, parsing, scorers
from llamo.tasks.task import Fields, Split, Task


def _splits(hub: str, file: str, column: str) -> dict[str, Split]:
    on_hub = DataSource(path=hub, columns={"smiles": "SMILES", "output": "label"})
    local = DataSource(path=file, columns={"smiles": "smiles", "output": column})
    return {part: Split(on_hub, local, part=part) for part in ("train", "validation", "test")}


def _reader(decimals: int) -> Callable[[Mapping[str, Any]], Sequence[Fields]]:
    def read(row: Mapping[str, Any]) -> Sequence[Fields]:
        return [Fields((cells.text(row, "smiles"),), cells.number(row, "output", decimals=decimals))]

    return read


def _task(
    name: str, title: str, *, splits: dict[str, Split], words: str, unit: str, decimals: int, licence: str
) -> Task:
    return Task(
        name=name,
        title=title,
        prompts=(
            f"What is {words}? Answer with a number with {decimals} decimals.",
            f"Estimate {words}. Write only the number.",
            f"Give {words} as a number.",
        ),
        splits=splits,
        read=_reader(decimals),
        answer="number",
        parse=parsing.number,
        scorers=scorers.number,
        max_new_tokens=16,
        unit=unit,
        licence=licence,
    )


TASKS = (
    _task(
        "esol",
        "Solubility in water, ESOL",
        splits=_splits(
            "scikit-fingerprints/MoleculeNet_ESOL", "esol.csv.gz", "measured log solubility in mols per litre"
        ),
        words="the solubility of this molecule in water, as the decimal logarithm of mol per litre",
        unit="log10(mol/L)",
        decimals=3,
        licence="ESOL (Delaney 2004), as in MoleculeNet; file of DeepChem, MIT.",
    ),
    _task(
        "freesolv",
        "Hydration free energy, FreeSolv",
        splits=_splits("scikit-fingerprints/MoleculeNet_FreeSolv", "freesolv.csv.gz", "expt_kcal_per_mol"),
        words="the hydration free energy of this molecule in kcal/mol",
        unit="kcal/mol",
        decimals=2,
        licence="FreeSolv 0.52 (Mobley and Guthrie 2014); the repository states no licence.",
    ),
    _task(
        "lipophilicity",
        "Lipophilicity, MoleculeNet",
        splits=_splits("scikit-fingerprints/MoleculeNet_Lipophilicity", "lipophilicity.csv.gz", "exp"),
        words="the octanol/water distribution coefficient (logD at pH 7.4) of this molecule",
        unit="logD",
        decimals=2,
        licence="Lipophilicity of MoleculeNet: from ChEMBL, CC BY-SA 3.0; file of the selfies repository, Apache-2.0.",
    ),
)
