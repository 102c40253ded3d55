"""`llamo explain`: an explanation in the terminal, as JSON, or as a folder with a page and pictures."""

import json
from collections.abc import Mapping, Sequence
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
from llamo.molecule_files.naming import read_rows
from llamo.molecule_files.row import RawRow
from llamo.quiet import quiet

# Atoms that the terminal shows of each quantity.
_SHOWN = 4


def run(
    molecules: Sequence[str],
    question: str = DESCRIBE,
    *,
    model: str | None = None,
    loading: Mapping[str, Any] | None = None,
    **options: Any,
) -> Explanation:
    """An explanation by a model, by default the one that comes with the package.

    Args:
        molecules: SMILES or names, that the question is about.
        question: in plain words.
        model: folder or Hub id.
        loading: `device` and others of `Assistant.load`.
        options: those of `explain`.

    Raises:
        ValueError: no molecule, one that cannot be read, or no model.
    """
    with quiet():
        smiles = _read(molecules)
        assistant = Assistant.load(model or shipped(), **(loading or {}))
        return explain(assistant, smiles, question, **options)


def _read(molecules: Sequence[str]) -> list[str]:
    rows = read_rows([RawRow(number, text) for number, text in enumerate(molecules)])
    for row in rows:
        if row.error:
            raise ValueError(f"row {row.number}: {row.error}" if len(rows) > 1 else row.error)
    return [row.smiles for row in rows]


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
