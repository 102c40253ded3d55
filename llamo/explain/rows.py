"""`llamo explain` over rows of molecules: a page for each, and a table that names it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llamo.assistant import DESCRIBE, Assistant
from llamo.compact.shipped import shipped
from llamo.explain.explaining import explain
from llamo.explain.explanation import Explanation
from llamo.molecule_files.naming import read_rows
from llamo.molecule_files.row import MoleculeRow, RawRow, reason
from llamo.molecule_files.writing import check_writable
from llamo.molecule_runs.memory import TOO_LARGE, fitting
from llamo.molecule_runs.run import Windows, run
from llamo.molecule_runs.share import Share
from llamo.molecule_runs.source import Source, model_settings
from llamo.quiet import quiet

TABLE = "explanations.jsonl"


@dataclass(frozen=True)
class Request(Source):
    """Molecules whose answers are explained, one question each; `output` is a table in the folder of the pages.

    Attributes:
        question: in plain words.
        model: folder or Hub id; None is the model that comes with the package.
        device, dtype, load_in_4bit: see `Assistant.load`.
        options: of `llamo.explain.explain`.
    """

    question: str = DESCRIBE
    model: str | None = None
    device: str | None = None
    dtype: str | None = None
    load_in_4bit: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        super().__post_init__()
        if self.output is None and not self.as_json:
            raise ValueError("explanations of many molecules are no table: give --output FOLDER, or --json")
        if self.output is not None:
            check_writable(self.output)

    def settings(self) -> dict[str, Any]:
        """See `Source.settings`."""
        told = {"question": self.question, "dtype": self.dtype, "load_in_4bit": self.load_in_4bit}
        return {**super().settings(), **told, **self.options, "model": model_settings(self.model)}


def explain_rows(request: Request, *, lines: Iterable[str] | None = None):
    """Writes a page for each row, or prints the explanations; a molecule that cannot be explained has an error instead.

    Raises:
        ValueError: what `llamo.molecule_runs.run.run` raises.
    """

    def work(rows: Iterator[RawRow], share: Share) -> Windows:
        assistant = Assistant.load(
            request.model or shipped(),
            device=share.device(request.device),
            dtype=request.dtype,
            load_in_4bit=request.load_in_4bit,
        )
        size = 32
        for row in rows:
            found, size = _explained(read_rows([row])[0], assistant, request, size)
            yield [found]

    with quiet():
        run(request, work, lambda records: None, lines=lines)


def _explained(row: MoleculeRow, assistant: Assistant, request: Request, size: int) -> tuple[dict[str, Any], int]:
    """The record of a row, and the batch size that fits."""
    found, error = None, row.error

    def by(batch_size: int) -> Explanation:
        return explain(assistant, row.smiles, request.question, batch_size=batch_size, **request.options)

    if not error:
        try:
            found, size = fitting(by, size)
            error = "" if found else TOO_LARGE
        except ValueError as problem:
            error = reason(problem)
    said = {"smiles": row.smiles, "question": request.question, "text": found.answer if found else ""}
    result = {**said, **_kept(found, row.number, request.output), "error": error}
    return {"row": row.number, "columns": dict(row.columns), "result": result}, size


def _kept(found: Explanation | None, row: int, table: Path | None) -> dict[str, Any]:
    """The explanation itself, or the path of its page from the table's folder."""
    if table is None:
        return {"explanation": found and found.to_dict()}
    page = found and found.save(table.with_name(f"row-{row}"))
    return {"page": page.relative_to(table.parent).as_posix() if page else ""}
