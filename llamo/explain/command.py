"""`llamo explain`: an explanation in the terminal, as JSON, or as a folder with a page and pictures."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from llamo.assistant import DESCRIBE, Assistant
from llamo.compact.shipped import shipped
from llamo.explain.explaining import explain
from llamo.explain.explanation import ATTENTION, MOTIFS, ExplainedMolecule, Explanation
from llamo.quiet import quiet

# Atoms that the terminal shows of each quantity.
_SHOWN = 4


def run(
    smiles: Sequence[str], question: str = DESCRIBE, *, model: str | None = None, device: str = "cpu", **options: Any
) -> Explanation:
    """An explanation by a model, by default the one that comes with the package; `options` are those of `explain`.

    Raises:
        ValueError: no molecule, one that cannot be read, or no model.
    """
    assistant = Assistant.load(model or shipped(), device=device)
    with quiet():
        return explain(assistant, list(smiles), question, **options)


def show(explanation: Explanation, *, output: Path | None = None, as_json: bool = False):
    """Prints an explanation, and writes its page, data and pictures where a folder is given."""
    page = None if output is None else explanation.save(output)
    if as_json:
        print(json.dumps(explanation.to_dict(), ensure_ascii=False))
        return
    console = Console()
    total = Text(f"{explanation.log_probability.sum():.2f} nats", style="dim")
    console.print(Text(explanation.answer), total, soft_wrap=True)
    for one in explanation.molecules:
        console.print()
        console.print(Text(one.smiles, style="bold"), soft_wrap=True)
        for line in _lines(one):
            console.print(Text(line), soft_wrap=True)
        if one.motifs and one.effects:
            console.print(_motif_table(one))
    if page is not None:
        console.print(Text(f"\n{page}"), soft_wrap=True)


def _lines(one: ExplainedMolecule) -> list[str]:
    """The strongest atoms by each quantity."""
    lines = []
    for name, quantity in one.quantities.items():
        if name.startswith(MOTIFS):
            continue
        values = one.values(name)
        first = np.argsort(-np.abs(values))[:_SHOWN]
        atoms = ", ".join(f"{one.atom_names[atom]} {values[atom]:.3g}" for atom in first)
        lines.append(f"{quantity.title} ({quantity.unit}{', mean of words' if name == ATTENTION else ''}): {atoms}")
    return lines


def _motif_table(one: ExplainedMolecule) -> Table:
    table = Table("group left out", *(f"{name}, nats" for name in one.effects), box=None)
    for row, name in enumerate(one.motif_names):
        table.add_row(Text(name), *(f"{effects.motifs[row].sum():.3g}" for effects in one.effects.values()))
    return table
