"""Molecules that several tests go through."""

import csv

from tests.paths import REPOSITORY


def demo_molecules() -> list[str]:
    """SMILES of the molecules that LLaMo ships."""
    with open(REPOSITORY / "llamo" / "demo" / "molecules.csv", encoding="utf-8") as file:
        return [row["smiles"] for row in csv.DictReader(file)]
