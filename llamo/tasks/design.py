"""Molecule design: a description to a molecule that fits it; the input is text alone. ChEBI-20, turned round."""

from collections.abc import Mapping, Sequence
from typing import Any

from llamo.tasks import cells, parsing, scorers
from llamo.tasks.description import chebi20_splits
from llamo.tasks.task import Fields, Task


def _read(row: Mapping[str, Any]) -> Sequence[Fields]:
    smiles = cells.text(row, "smiles")
    return [Fields((), smiles, {"description": cells.text(row, "output")}, key=smiles)]


TASK = Task(
    name="molecule-design",
    title="Molecule design from a description, ChEBI-20",
    prompts=(
        "Write the SMILES of a molecule that fits this description: {description}",
        "{description}\nWhich molecule is this? Answer with its SMILES.",
        "Design a molecule as described, and give its SMILES only. {description}",
    ),
    splits=chebi20_splits(),
    read=_read,
    answer="smiles",
    parse=parsing.smiles,
    scorers=scorers.smiles,
    licence="ChEBI-20 (Edwards et al. 2021, Text2Mol), see description-chebi20.",
)
