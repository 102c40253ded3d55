"""The report of bad rows: a JSONL file, and one more for each process that reads a stream."""

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from llamo.data.bad_row import BadRow
from llamo.whole_files import write_whole


class BadRowReport:
    """Bad rows of one run, one JSON object a line.

    Starts empty: a file of an earlier run is overwritten. With several ranks, give each its own path or let one write.

    Args:
        path: of the file; None takes a new temporary folder.
    """

    def __init__(self, path: str | Path | None = None):
        self.path = Path(tempfile.mkdtemp(prefix="llamo-data-")) / "bad_rows.jsonl" if path is None else Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("", encoding="utf-8")
        for old in [*self.parts(), *self._tallies()]:
            old.unlink()

    def add(self, rows: Iterable[BadRow]):
        """Appends rows."""
        _append(self.path, rows)

    def add_streamed(self, rows: Iterable[BadRow]):
        """Appends rows to the file of this process, `NAME.rank0-worker1.jsonl`."""
        _append(self._part("jsonl"), rows)

    def tally(self, source: str, seen: int):
        """Notes that this process has read that many rows of a stream; a smaller number than before changes nothing."""
        path = self._part("seen.json")
        counts = _read_tally(path)
        if seen > counts.get(source, 0):
            write_whole(path, json.dumps(counts | {source: seen}))

    def parts(self) -> list[Path]:
        """Files of the processes that read streams for this rank."""
        return sorted(self.path.parent.glob(f"{self.path.stem}.rank{_rank()}-worker*.jsonl"))

    def rows(self) -> list[BadRow]:
        """Everything on record, each row once (a stream meets its bad rows in every epoch)."""
        lines = [line for path in [self.path, *self.parts()] for line in path.read_text(encoding="utf-8").splitlines()]
        return list(dict.fromkeys(BadRow(**json.loads(line)) for line in lines))

    def seen(self, source: str) -> int:
        """Rows of a stream read so far by this rank's processes."""
        return sum(_read_tally(path).get(source, 0) for path in self._tallies())

    def _tallies(self) -> list[Path]:
        return sorted(self.path.parent.glob(f"{self.path.stem}.rank{_rank()}-worker*.seen.json"))

    def _part(self, ending: str) -> Path:
        return self.path.with_name(f"{self.path.stem}.rank{_rank()}-worker{_worker()}.{ending}")


def _append(path: Path, rows: Iterable[BadRow]):
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row.to_dict(), ensure_ascii=True) + "\n" for row in rows)


def _read_tally(path: Path) -> dict[str, int]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _rank() -> int:
    return int(os.environ.get("RANK", "0"))


def _worker() -> int:
    from torch.utils.data import get_worker_info

    info = get_worker_info()
    return 0 if info is None else info.id
