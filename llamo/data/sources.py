"""Where training data comes from, as typed settings. Opens nothing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from llamo.data.schema import COLUMNS

# A path that names a task of `llamo.tasks`, whose questions are its rows: `task:esol`.
TASK_PREFIX = "task:"


@dataclass(frozen=True)
class DataSource:
    """One file, saved folder or Hub data set, and how its rows are read.

    Attributes:
        path: a local .jsonl, .json, .csv or .parquet (also with .gz), a folder of `save_to_disk`, a Hub data set id, or
            `task:NAME` for the questions of a task (`llamo.tasks`).
        split: of a Hub data set or saved folder, default `train`; a file has only that one. Slices such as
            `train[:10%]` work for files and Hub data sets.
        name: configuration of a Hub data set.
        revision: commit or tag of a Hub data set.
        columns: our column names -> the source's, such as `{"output": "description"}`; None hides one of ours.
        instruction: the question of every row, or several of which one is drawn per row.
        undo_doubled_backslashes: read two backslashes in a SMILES as one.
        where: column of the source -> allowed value or values, compared as text; rows without are left out.
        max_rows: the first rows, after `where`.
        weight: how often each row is seen per epoch; for streams, the share.
        streaming: read while training instead of beforehand.
        label: name in reports; default made of path, name and split.
    """

    path: str
    split: str | None = None
    name: str | None = None
    revision: str | None = None
    columns: Mapping[str, str | None] = field(default_factory=dict)
    instruction: str | Sequence[str] | None = None
    undo_doubled_backslashes: bool = False
    where: Mapping[str, Any] = field(default_factory=dict)
    max_rows: int | None = None
    weight: float = 1.0
    streaming: bool = False
    label: str | None = None

    def __post_init__(self):
        if not str(self.path).strip():
            raise ValueError("a data source needs a path: a local file, a saved folder or a Hub data set id")
        object.__setattr__(self, "path", str(self.path))
        unknown = sorted(set(self.columns) - set(COLUMNS))
        if unknown:
            raise ValueError(f"{self.path}: unknown columns {unknown}; `columns` maps some of {', '.join(COLUMNS)}")
        used = [theirs for theirs in self.columns.values() if theirs is not None]
        if len(set(used)) != len(used):
            raise ValueError(f"{self.path}: a column is used twice in {dict(self.columns)}; map each once")
        phrasings = [self.instruction] if isinstance(self.instruction, str) else self.instruction
        if phrasings is not None and not (phrasings and all(isinstance(one, str) and one for one in phrasings)):
            raise ValueError(f"{self.path}: got the instruction {self.instruction!r}; give one text or a list of texts")
        if not (math.isfinite(self.weight) and self.weight > 0):
            raise ValueError(f"{self.path}: weight must be above 0, got {self.weight}; leave the source out instead")
        if self.max_rows is not None and self.max_rows < 1:
            raise ValueError(f"{self.path}: max_rows must be at least 1 or None, got {self.max_rows}")

    @property
    def title(self) -> str:
        """The label, or one made of path, name and split."""
        return self.label or ":".join(part for part in (self.path, self.name, self.split) if part)

    def allowed(self, column: str) -> set[str | None]:
        """Values that `where` lets through, as text; None is a missing value."""
        values = self.where[column]
        values = list(values) if isinstance(values, list | tuple | set | frozenset) else [values]
        return {None if value is None else str(value) for value in values}
