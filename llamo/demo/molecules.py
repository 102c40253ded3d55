"""The demo's molecules: common compounds with a name and a structure, and their split. Knows no model."""

import csv
import random
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from rdkit import Chem


@dataclass(frozen=True)
class NamedMolecule:
    """One compound of the list.

    Attributes:
        name: common name.
        smiles: structure.
    """

    name: str
    smiles: str

    @cached_property
    def mol(self) -> Chem.Mol:
        """The RDKit molecule."""
        return Chem.MolFromSmiles(self.smiles)

    @cached_property
    def structure(self) -> str:
        """Canonical SMILES without stereo: two entries with the same atoms and bonds share it."""
        return Chem.MolToSmiles(self.mol, isomericSmiles=False)


def read_molecules() -> list[NamedMolecule]:
    """The whole list, in its order."""
    text = files("llamo.demo").joinpath("molecules.csv").read_text(encoding="utf-8")
    return [NamedMolecule(**row) for row in csv.DictReader(text.splitlines())]


def split_molecules(
    molecules: list[NamedMolecule], *, seed: int = 0, held_out_share: float = 0.2
) -> tuple[list[NamedMolecule], list[NamedMolecule]]:
    """Training and held-out molecules, shuffled; no structure is in both."""
    structures = sorted({molecule.structure for molecule in molecules})
    random.Random(seed).shuffle(structures)
    place = {structure: position for position, structure in enumerate(structures)}
    shuffled = sorted(molecules, key=lambda molecule: (place[molecule.structure], molecule.name))
    num_held_out = max(1, round(held_out_share * len(structures)))
    held_out = [molecule for molecule in shuffled if place[molecule.structure] < num_held_out]
    return shuffled[len(held_out) :], held_out
