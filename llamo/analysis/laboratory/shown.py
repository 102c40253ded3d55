"""Prepared rows chosen, and their prompts written for another view or another number of graph tokens. Arrays only."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from llamo.compact.tensors import Ragged, TensorRows

# What a prompt shows of its molecule.
SHOWN = ("both", "graph", "smiles", "neither")
# Tokens that a molecule counts for where batches are planned, whatever it takes.
PLANNED_TOKENS = 28


@dataclass
class ShownRows(TensorRows):
    """Rows as one arm reads them.

    Attributes:
        planned: length of each row where batches are made: its text without SMILES, and `PLANNED_TOKENS`. It is the
            same for every view and projector, so every arm sees the same rows at the same step.
    """

    planned: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """`planned`."""
        return self.planned


def take(rows: TensorRows, numbers: np.ndarray) -> TensorRows:
    """Some of the rows, in the order of `numbers`; molecules stay where they are."""
    return replace(
        rows,
        ids=_chosen(rows.ids, numbers),
        answered=_chosen(rows.answered, numbers),
        molecules=_chosen(rows.molecules, numbers),
        written=rows.written[numbers],
        kinds=rows.kinds[numbers],
    )


def shown(rows: TensorRows, view: str, *, graph_token_id: int, num_graph_tokens: int | None) -> ShownRows:
    """The rows with what a view shows of their molecules.

    Args:
        rows: each about one molecule, or none; text alone stays as it is.
        view: one of `SHOWN`.
        graph_token_id: of the tokenizer.
        num_graph_tokens: that a molecule takes; None is one per atom.

    Raises:
        ValueError: an unknown view, or a row about several molecules.
    """
    if view not in SHOWN:
        raise ValueError(f"a view is one of {', '.join(SHOWN)}, got {view!r}")
    if (np.diff(rows.molecules.starts) > 1).any():
        raise ValueError("the laboratory takes rows about one molecule each, got one about several; leave it out")
    ids, answered, planned, starts = [], [], [], []
    for row in range(len(rows)):
        count = _placeholders(rows, row, view, num_graph_tokens)
        parts = [_replaced(part[row], rows, row, view) for part in (rows.ids, rows.answered)]
        (before, spelling, after), (unlearned, unlearned_too, learned) = parts
        places = np.full(count, graph_token_id)
        tokens = after[after != graph_token_id]
        ids.append(np.concatenate([before, spelling, places, tokens]))
        kept = learned[len(after) - len(tokens) :]  # placeholders come first
        answered.append(np.concatenate([unlearned, unlearned_too, np.zeros(count), kept]))
        planned.append(len(before) + len(tokens) + PLANNED_TOKENS)
        starts.append((len(before), len(before) + len(spelling)))
    with_graphs = view in ("both", "graph")
    molecules = rows.molecules if with_graphs else Ragged.of([np.empty(0)] * len(rows), np.int32)
    rest = {field.name: getattr(rows, field.name) for field in fields(TensorRows)}
    own: dict[str, Any] = {"ids": Ragged.of(ids, np.uint16), "answered": Ragged.of(answered, np.uint8)}
    written = np.array(starts, np.int16).reshape(-1, 2)
    return ShownRows(**{**rest, **own, "molecules": molecules, "written": written}, planned=np.array(planned))


def _placeholders(rows: TensorRows, row: int, view: str, num_graph_tokens: int | None) -> int:
    molecules = rows.molecules[row]
    if view in ("smiles", "neither") or not len(molecules):
        return 0
    return len(rows.graphs["node_ids"][int(molecules[0])]) if num_graph_tokens is None else num_graph_tokens


def _replaced(values: np.ndarray, rows: TensorRows, row: int, view: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What stands before the SMILES, the SMILES if it is shown, and the rest with its placeholders."""
    start, end = rows.written[row].tolist()
    return values[:start], values[start:end] if view in ("both", "smiles") else values[:0], values[end:]


def _chosen(arrays: Ragged, numbers: np.ndarray) -> Ragged:
    width = arrays.values.shape[1] if arrays.values.ndim > 1 else None
    return Ragged.of([arrays[number] for number in numbers], arrays.values.dtype, width)
