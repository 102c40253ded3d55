"""What a run has done so far, on disk, so that a kill loses nothing that was written. Knows no backend."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llamo.checking.conversation import Turn

FILE = "work.jsonl"


@dataclass(frozen=True)
class Done:
    """One draft that was checked.

    Attributes:
        row: it was written from.
        attempt: which.
        turns: of it; empty where there was no conversation.
        reasons: why it was refused; empty where it was taken.
        checked: claims that could be decided, by kind.
        flags: what a reader should look at.
    """

    row: int
    attempt: int
    turns: tuple[Turn, ...]
    reasons: tuple[str, ...] = ()
    checked: dict[str, int] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether it was taken."""
        return not self.reasons

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        turns = [[turn.question, turn.answer] for turn in self.turns]
        return {**self.__dict__, "turns": turns}

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "Done":
        """From JSON."""
        turns = tuple(Turn(*pair) for pair in record["turns"])
        lists = {name: tuple(record[name]) for name in ("reasons", "flags")}
        return cls(**{**record, **lists, "turns": turns})


class WorkLog:
    """Drafts of a run, one JSON object a line. A last line that a kill cut off is dropped, and its row written again.

    Args:
        folder: of the run.

    Attributes:
        done: all drafts, in the order in which they were checked.
        attempts: drafts of each row.
        num_taken: drafts that were taken.
    """

    def __init__(self, folder: Path):
        self.path = folder / FILE
        self.done: list[Done] = []
        self.attempts: Counter[int] = Counter()
        self.num_taken = 0
        for done in self._read():
            self._count(done)

    def add(self, done: Done):
        """Keeps a draft. The system has it when this returns."""
        line = (json.dumps(done.to_dict(), ensure_ascii=True) + "\n").encode()
        with self.path.open("ab", buffering=0) as file:
            if file.write(line) != len(line):
                raise OSError(f"{self.path} cannot be written; is the disk full?")
        self._count(done)

    def _count(self, done: Done):
        self.done.append(done)
        self.attempts[done.row] += 1
        self.num_taken += done.is_good

    def taken(self) -> list[Done]:
        """Drafts that were taken, by row."""
        return sorted((one for one in self.done if one.is_good), key=lambda one: one.row)

    def refused(self) -> list[Done]:
        """The last drafts of rows without one that was taken, by row."""
        good = {one.row for one in self.done if one.is_good}
        last = {one.row: one for one in self.done if one.row not in good}
        return [last[row] for row in sorted(last)]

    def _read(self) -> Iterator[Done]:
        if not self.path.exists():
            return
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            self.path.write_bytes(whole)
        for number, line in enumerate(whole.splitlines()):
            try:
                yield Done.from_dict(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{self.path}, line {number + 1}: {error!r}; remove the line or begin anew") from None
