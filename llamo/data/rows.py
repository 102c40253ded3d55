"""The rows of a source before encoding, and how one of them is read."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from llamo.data.bad_row import BadRow, Problem
from llamo.data.schema import to_messages
from llamo.data.sources import DataSource

if TYPE_CHECKING:
    from datasets import Dataset, IterableDataset

_SURROGATE = re.compile(r"\\u[dD]|[\ud800-\udfff]")
# Columns that hold a row's number in its source, and a row that came as JSON text.
NUMBER = "row"
JSON = "json"


@dataclass(frozen=True)
class RowReader:
    """Makes a conversation of a row of one source. Small, so that it can be sent to other processes.

    Attributes:
        title: label of the source.
        columns: our column names -> theirs.
        instruction: constant question(s).
        undo_doubled_backslashes: see `DataSource`.
        seed: of the draw among several instructions.
    """

    title: str
    columns: Mapping[str, str | None] = field(default_factory=dict)
    instruction: str | Sequence[str] | None = None
    undo_doubled_backslashes: bool = False
    seed: int = 0

    @classmethod
    def of(cls, source: DataSource, *, seed: int = 0) -> "RowReader":
        """The reader of a source."""
        instruction = source.instruction
        constant = instruction if instruction is None or isinstance(instruction, str) else tuple(instruction)
        return cls(source.title, dict(source.columns), constant, source.undo_doubled_backslashes, seed)

    def messages(self, record: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The conversation of a row.

        Raises:
            RowError: the row does not follow the schema.
        """
        try:
            row = parse_json(record[JSON]) if JSON in record else record
        except Problem as problem:
            raise problem.at(self.title, record[NUMBER]) from None
        return to_messages(
            row,
            columns=self.columns,
            instruction=self.instruction,
            undo_doubled_backslashes=self.undo_doubled_backslashes,
            source=self.title,
            number=record[NUMBER],
            seed=self.seed,
        )

    def settings(self) -> list[Any]:
        """What its conversations depend on, for cache keys."""
        return [self.title, self.columns, self.instruction, self.undo_doubled_backslashes, self.seed]


@dataclass(frozen=True)
class SourceRows:
    """An opened source.

    Attributes:
        source: its settings.
        dataset: its rows: their number, and their columns or their JSON.
        leaks: rows with a held-out molecule.
        dropped: how many of them are no longer in `dataset`.
        in_memory: the rows came from no file.
    """

    source: DataSource
    dataset: "Dataset | IterableDataset"
    leaks: tuple[BadRow, ...] = ()
    dropped: int = 0
    in_memory: bool = False


def parse_json(text: str) -> dict[str, Any]:
    """One JSON object.

    Raises:
        Problem: the text is none.
    """
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:  # the latter for thousands of brackets within each other
        raise Problem("schema", f"the line is no JSON ({error})", "correct it", text) from None
    if _SURROGATE.search(text) and (letter := _half_pair(row)):
        raise Problem(
            "schema", f"the line has {letter}, half of a surrogate pair, which is no letter", "correct it", text
        )
    if not isinstance(row, dict):
        raise Problem("schema", "the line is no JSON object", "write {..} with named columns", text)
    return row


def _half_pair(row: Any) -> str:
    """A letter that UTF-8 cannot write, as JSON writes it."""
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        return ascii(error.object[error.start])
    return ""


def records(batch: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """A batch of columns as rows."""
    return [dict(zip(batch, values, strict=True)) for values in zip(*batch.values(), strict=True)]
