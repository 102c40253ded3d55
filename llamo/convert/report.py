"""What a conversion did, as a table for people and as JSON for programs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import torch
from rich.console import Console
from rich.table import Table

from llamo.convert.memory import Memory

_PARTS = (("model.graph_encoder.", "graph encoder"), ("model.projector.", "projector"))


@dataclass
class Line:
    """One row of the table.

    Attributes:
        part: of the model.
        action: mapped, merged, kept apart, ignored or added.
        tensors: how many.
        parameters: numbers in them.
        note: dtype, or why.
    """

    part: str
    action: str
    tensors: int
    parameters: int
    note: str


@dataclass
class ConversionReport:
    """What was mapped, ignored and added, and what it took.

    Attributes:
        output: where the result is.
        lines: the table.
        bytes_written: of weights.
        memory: peak.
    """

    output: str
    lines: list[Line] = field(default_factory=list)
    bytes_written: int = 0
    memory: Memory = field(default_factory=Memory)

    def add(self, part: str, action: str, tensors: Mapping[str, torch.Tensor], note: str = ""):
        """A row for some tensors; without a note, their dtypes."""
        note = note or ", ".join(sorted({str(tensor.dtype).removeprefix("torch.") for tensor in tensors.values()}))
        numbers = sum(tensor.numel() for tensor in tensors.values())
        self.lines.append(Line(part, action, len(tensors), numbers, note))

    def add_mapped(self, shapes: Mapping[str, torch.Tensor]):
        """One row per part of the model."""
        parts: dict[str, dict[str, torch.Tensor]] = {}
        for name, tensor in shapes.items():
            part = next((part for beginning, part in _PARTS if name.startswith(beginning)), "language model")
            parts.setdefault(part, {})[name] = tensor
        for part, tensors in parts.items():
            self.add(part, "mapped", tensors)

    def to_dict(self) -> dict:
        """For JSON."""
        return asdict(self)

    def show(self, console: Console):
        """Prints the table."""
        table = Table(title=f"{self.output} ({self.bytes_written / 1e9:.2f} GB of weights)", title_justify="left")
        for column in ("part", "", "tensors", "parameters", "note"):
            table.add_column(column, justify="right" if column in ("tensors", "parameters") else "left")
        for line in self.lines:
            table.add_row(line.part, line.action, f"{line.tensors:,}", f"{line.parameters:,}", line.note)
        console.print(table)
        console.print(str(self.memory))
