"""`llamo embed`: rows of molecules to rows of vectors, as a file or JSON lines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from llamo.embedding.vectors import Pooling, check, embed
from llamo.molecule_files.naming import read_rows
from llamo.molecule_files.row import MoleculeRow, RawRow, reason
from llamo.molecule_files.writing import ENDINGS, check_writable, write_table
from llamo.molecule_runs.memory import TOO_LARGE, fitting
from llamo.molecule_runs.run import Windows, run
from llamo.molecule_runs.share import Share
from llamo.molecule_runs.source import Source, model_settings

_MATRIX = ".npy"
# Molecules of a window; a kill loses at most one window.
_WINDOW = 512


@dataclass(frozen=True)
class Request(Source):
    """Molecules to embed; `output` is .jsonl, .csv, .parquet or .npy (the matrix alone, NaN where there is no vector).

    Attributes:
        level: 0 to the last layer, -1 the last, `motif` or `tokens`; see `embed`.
        pooling: see `embed`.
        model: folder or Hub id; None is the model that comes with the package.
        device, dtype: see `Assistant.load`.
        batch_size: molecules at a time; halved where the memory is too small.
    """

    level: str = "-1"
    pooling: Pooling = "mean"
    model: str | None = None
    device: str | None = None
    dtype: str | None = None
    batch_size: int = 64

    def __post_init__(self):
        super().__post_init__()
        if self.output is None and not self.as_json:
            raise ValueError("vectors are no table for people: give --output FILE, or --json")
        if self.output is not None:
            check_writable(self.output, (_MATRIX, *ENDINGS))

    def settings(self) -> dict[str, Any]:
        """See `Source.settings`."""
        told = {"level": self.level, "pooling": self.pooling, "dtype": self.dtype}
        return {**super().settings(), **told, "model": model_settings(self.model)}


def embed_rows(request: Request, *, lines: Iterable[str] | None = None):
    """Writes or prints a vector for each row; a molecule that cannot be read has an error instead.

    Raises:
        ValueError: a level or pooling that the model has not; what `llamo.molecule_runs.run.run` raises.
    """
    from llamo.assistant import Assistant
    from llamo.compact.shipped import shipped
    from llamo.quiet import quiet

    def work(rows: Iterator[RawRow], share: Share) -> Windows:
        device = share.device(request.device)
        assistant = Assistant.load(request.model or shipped(), device=device, dtype=request.dtype)
        level: Any = int(request.level) if request.level.lstrip("-").isdigit() else request.level
        check(assistant.model, level, request.pooling)
        return _windows(rows, assistant, {"level": level, "pooling": request.pooling}, request.batch_size)

    with quiet():
        run(request, work, lambda records: None, lines=lines, writer=_write)


def _windows(rows: Iterator[RawRow], assistant: Any, options: Mapping[str, Any], size: int) -> Windows:
    while window := read_rows(list(islice(rows, _WINDOW))):
        found, size = _vectors([row for row in window if not row.error], assistant, options, size)
        yield [_record(row, found.get(row.number, row.error)) for row in window]


def _vectors(
    rows: Sequence[MoleculeRow], assistant: Any, options: Mapping[str, Any], size: int
) -> tuple[dict[int, np.ndarray | str], int]:
    """By row the vector, or why there is none; and the batch size that fits."""
    if not rows:
        return {}, size
    smiles = [row.smiles for row in rows]

    def all_at(batch_size: int) -> np.ndarray:
        return embed(assistant.model, assistant.processor, smiles, batch_size=batch_size, **options)

    try:
        found, size = fitting(all_at, size)
    except ValueError as error:
        if len(rows) == 1:
            return {rows[0].number: reason(error)}, size
        found = None
    if found is not None:
        return {row.number: vector for row, vector in zip(rows, found, strict=True)}, size
    if len(rows) == 1:
        return {rows[0].number: TOO_LARGE}, size
    parts: dict[int, np.ndarray | str] = {}
    for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
        part, size = _vectors(half, assistant, options, size)
        parts |= part
    return parts, size


def _record(row: MoleculeRow, found: np.ndarray | str) -> dict[str, Any]:
    # The shortest decimal numbers that are the same float32.
    numbers = None if isinstance(found, str) else [float(text) for text in found.astype(str)]
    error = found if isinstance(found, str) else ""
    return {
        "row": row.number,
        "columns": dict(row.columns),
        "result": {"smiles": row.smiles, "embedding": numbers, "error": error},
    }


def _write(
    path: Path, records: Iterable[Mapping[str, Any]], columns: Mapping[str, set[type]], *, like: Path | None = None
):
    """See `write_table`; and matrices."""
    if (like or path).suffix != _MATRIX:
        write_table(path, records, columns, like=like)
        return
    name = [name for name in columns if name.endswith("embedding")][-1]
    vectors = [record[name] and np.asarray(record[name], np.float32) for record in records]
    width = max((len(vector) for vector in vectors if vector is not None), default=0)
    none = np.full(width, np.nan, np.float32)
    with path.open("wb") as file:
        np.save(file, np.stack([none if vector is None else vector for vector in vectors]))
