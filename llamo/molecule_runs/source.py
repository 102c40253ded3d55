"""What the command line says of molecules and of where results go, checked. Loads no model."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llamo.molecule_files.reading import read_file, read_texts
from llamo.molecule_files.row import RawRow
from llamo.molecule_runs.share import Share

STDIN = "-"


@dataclass(frozen=True)
class Source:
    """Molecules, and a file for what is found about each.

    Attributes:
        molecules: SMILES or names; `-` alone for stdin, one per line.
        input: a file of molecules in their place.
        column: of a table, with the molecules; None finds it.
        output: file to write; None prints.
        overwrite: begin anew where output or a part of it is there.
        as_json: print JSON lines instead of a table.
    """

    molecules: tuple[str, ...] = ()
    input: Path | None = None
    column: str | None = None
    output: Path | None = None
    overwrite: bool = False
    as_json: bool = False

    def __post_init__(self):
        if bool(self.molecules) == (self.input is not None):
            got = "both" if self.molecules else "no molecule"
            raise ValueError(f"{got}: give either SMILES or names, such as aspirin (- reads stdin), or --input FILE")
        if STDIN in self.molecules and len(self.molecules) > 1:
            raise ValueError("- reads molecules from stdin and stands alone; leave the others out")
        if self.column is not None and self.input is None:
            raise ValueError(f"--column {self.column} is of a table; give one by --input")

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
        """What results depend on, and so what a run that goes on must share with its beginning; plain JSON."""
        where = None if self.input is None else [str(self.input.resolve()), _state(self.input)]
        return {"molecules": self.molecules, "column": self.column, "input": where}


def model_settings(model: str | None) -> list[Any]:
    """The same for a model: its name, and its files where it is a folder."""
    files = [] if model is None else [Path(model), *sorted(Path(model).glob("*"))]
    return [model, [_state(file) for file in files if file.is_file()]]


def _state(file: Path) -> list[Any]:
    stat = file.stat()
    return [file.name, stat.st_size, stat.st_mtime_ns]
