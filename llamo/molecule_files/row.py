"""A row of a molecule file. Knows no format."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RawRow:
    """A row as it stands in the input.

    Attributes:
        number: of the row, from 0.
        text: SMILES, name or mol block.
        columns: all that the input says of the row, the text with it where it is a column.
        error: why there is no text, in one line.
    """

    number: int
    text: str = ""
    columns: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class MoleculeRow:
    """A row after its molecule was looked at.

    Attributes:
        number: of the row, from 0.
        smiles: of the molecule; as it was written where SMILES were given. Empty where it cannot be read.
        columns: see `RawRow`.
        error: why it cannot be read, in one line; empty where it can.
    """

    number: int
    smiles: str
    columns: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


def reason(error: Exception) -> str:
    """What an error says of a row asked about alone, in one line, without the number, which the table has."""
    return re.sub(r"^row \d+: ", "", " ".join(str(error).split()))
