"""The columns of a table of answers: the user's as they are, then ours under names that hide none of them."""

from collections.abc import Mapping
from typing import Any

from llamo.molecule_files.writing import Numbers

# Ours, in order; those that no row fills are left out.
ROW, OURS = "row", ("smiles", "question", "text", "answer", "confidence", "embedding", "explanation", "page", "error")


class Columns:
    """Collects names and types from all records, then makes rows of the table.

    A record has `row`, `columns` (the user's) and `result` (ours). The user's column `smiles` stands for ours where it
    says the same. Another of ours that has the name of one of the user's gets `llamo_` in front.
    """

    def __init__(self):
        self._theirs: dict[str, set[type]] = {}
        self._ours: dict[str, set[type]] = {}
        self._smiles_differ = False

    def add(self, record: Mapping[str, Any]):
        """Looks at a record."""
        for name, value in record["columns"].items():
            self._theirs.setdefault(name, set()).add(_type(value))
        for name, value in record["result"].items():
            self._ours.setdefault(name, set()).add(_type(value))
        smiles = record["result"]["smiles"]
        self._smiles_differ |= bool(smiles) and record["columns"].get("smiles") != smiles

    def types(self) -> dict[str, set[type]]:
        """Names of the table's columns in order, each with the types of its values."""
        ours = {self._named(name): self._ours[name] for name in self._kept()}
        return {self._named(ROW): {int}, **self._theirs, **ours}

    def row(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """A row of the table."""
        ours = {self._named(name): record["result"].get(name) for name in self._kept()}
        return {self._named(ROW): record["row"], **record["columns"], **ours}

    def _kept(self) -> list[str]:
        hidden = {"smiles"} if "smiles" in self._theirs and not self._smiles_differ else set()
        return [name for name in OURS if name in self._ours and name not in hidden]

    def _named(self, name: str) -> str:
        while name in self._theirs:
            name = f"llamo_{name}"
        return name


def _type(value: Any) -> type:
    is_numbers = type(value) is list and value and all(type(one) in (int, float) for one in value)
    return Numbers if is_numbers else type(value)
