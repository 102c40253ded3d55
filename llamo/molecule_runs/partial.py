"""What one process has answered so far, on disk in the order of rows, so that a killed run goes on. Knows no model."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from llamo.molecule_runs.share import Share

_END = {"complete": True}


class PartialFile:
    """JSON lines: the run's settings, then records with their `row`, then a mark that all are there.

    Args:
        output: the file that the run makes; this one lies beside it.
        share: of the process.
        settings: all that the answers depend on; plain JSON.
    """

    def __init__(self, output: Path, share: Share, settings: Mapping[str, Any]):
        part = f".{share.rank}-of-{share.world}" if share.world > 1 else ""
        self.path = output.with_name(f"{output.name}{part}.partial.jsonl")
        self._settings = json.loads(json.dumps(settings))

    def resume(self) -> int:
        """Number of the first row that may be missing. A last line that a kill cut off is dropped.

        Raises:
            ValueError: the file is of another run.
        """
        if not self.path.exists():
            return 0
        last, kept = b"", 0
        with self.path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    last, kept = line, kept + len(line)
        if self.path.stat().st_size > kept:
            with self.path.open("r+b") as file:
                file.truncate(kept)
        if not kept:
            return 0
        if other := self._other_settings():
            raise ValueError(
                f"{self.path} is of a run with another {', '.join(other)}; repeat that command, or begin anew with "
                "--overwrite"
            )
        return json.loads(last).get("row", -1) + 1

    @property
    def is_complete(self) -> bool:
        """Whether all rows of the process are there."""
        if not self.path.exists() or self._other_settings():
            return False
        end = f"{json.dumps(_END)}\n".encode()
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - len(end)))
            return file.read() == end

    def add(self, records: Sequence[Mapping[str, Any]]):
        """Keeps records of rows after those that are there. The system has them when this returns."""
        self._append(records)

    def complete(self):
        """Says that no row is missing."""
        self._append([_END])

    def records(self) -> Iterator[dict[str, Any]]:
        """All that were kept, by row."""
        with self.path.open(encoding="utf-8") as file:
            for line in file:
                if "row" in (record := json.loads(line)):
                    yield record

    def drop(self):
        """Removes the file."""
        self.path.unlink(missing_ok=True)

    def _other_settings(self) -> list[str]:
        with self.path.open(encoding="utf-8") as file:
            there = json.loads(file.readline() or "{}")
        return sorted(name for name in {*there, *self._settings} if there.get(name) != self._settings.get(name))

    def _append(self, records: Sequence[Mapping[str, Any]]):
        is_new = not self.path.exists() or not self.path.stat().st_size
        told = [self._settings, *records] if is_new else records
        text = "".join(json.dumps(record, default=str) + "\n" for record in told).encode()
        with self.path.open("ab", buffering=0) as file:
            if file.write(text) != len(text):
                raise OSError(f"{self.path} cannot be written; is the disk full?")
