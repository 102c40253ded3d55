"""What the command line says about a run of questions, checked. Loads no model."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llamo.asking.share import Share
from llamo.assistant import DESCRIBE
from llamo.molecule_files.reading import read_file, read_texts
from llamo.molecule_files.row import RawRow
from llamo.molecule_files.writing import check_writable

STDIN = "-"


@dataclass(frozen=True)
class Request:
    """Questions about molecules.

    Attributes:
        molecules: SMILES or names; `-` alone for stdin, one per line.
        input: a file of molecules in their place.
        column: of a table, with the molecules; None finds it.
        output: .jsonl, .csv or .parquet; None prints.
        overwrite: begin anew where output or a part of it is there.
        as_json: print JSON lines instead of a table.
        question: in plain words.
        task: whose wording is asked in place of the question, and whose way to read answers.
        values: of `{name}` in the task's wording.
        model: folder or Hub id; None is the model that comes with the package.
        device, dtype, load_in_4bit: see `Assistant.load`.
        retrieve: captions of so many similar molecules in the prompt.
        beams: 1 is greedy.
        max_new_tokens: of an answer; None is the task's number, or 256.
        batch_size: questions at a time.
    """

    molecules: tuple[str, ...] = ()
    input: Path | None = None
    column: str | None = None
    output: Path | None = None
    overwrite: bool = False
    as_json: bool = False
    question: str = DESCRIBE
    task: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    device: str | None = None
    dtype: str | None = None
    load_in_4bit: bool = False
    retrieve: int = 0
    beams: int = 1
    max_new_tokens: int | None = None
    batch_size: int = 16

    def __post_init__(self):
        if not self.question.strip():
            raise ValueError("the question is empty; ask something")
        if bool(self.molecules) == (self.input is not None):
            got = "both" if self.molecules else "no molecule"
            raise ValueError(f"{got}: give either SMILES or names, such as aspirin (- reads stdin), or --input FILE")
        if STDIN in self.molecules and len(self.molecules) > 1:
            raise ValueError("- reads molecules from stdin and stands alone; leave the others out")
        if self.column is not None and self.input is None:
            raise ValueError(f"--column {self.column} is of a table; give one by --input")
        if self.output is not None:
            check_writable(self.output)

    @property
    def from_stdin(self) -> bool:
        """Whether molecules come from there."""
        return self.molecules == (STDIN,)

    def rows(self, lines: Iterable[str]) -> Iterator[RawRow]:
        """The rows, whosever they are; `lines` is stdin."""
        if self.input is not None:
            return read_file(self.input, column=self.column)
        return read_texts(lines if self.from_stdin else self.molecules)

    def check_share(self, share: Share):
        """Raises a ValueError for what several processes cannot do."""
        if share.world > 1 and (self.output is None or self.from_stdin):
            raise ValueError(f"{share.world} processes need a file that each can read, and --output; give both")

    def settings(self) -> dict[str, Any]:
        """All that the answers depend on, and so what a run that goes on must share with its beginning."""
        names = ("molecules", "column", "question", "task", "values", "dtype", "load_in_4bit", "retrieve", "beams")
        told = {name: getattr(self, name) for name in (*names, "max_new_tokens")}
        files = [] if self.model is None else [Path(self.model), *sorted(Path(self.model).glob("*"))]
        told["model"] = [self.model, [_state(file) for file in files if file.is_file()]]
        told["input"] = None if self.input is None else [str(self.input.resolve()), _state(self.input)]
        return told


def _state(file: Path) -> list[Any]:
    stat = file.stat()
    return [file.name, stat.st_size, stat.st_mtime_ns]
