"""The answers of a run on disk: appended as they come, so that a killed run loses at most the batch it was in."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from llamo.evaluation.answer import Answer
from llamo.whole_files import write_whole

# Of a run: what its answers depend on, the answers so far in the order they came, and all of them in order of rows.
SETTINGS, PARTIAL, WHOLE = "run.json", "predictions.partial.jsonl", "predictions.jsonl"
LOCK = "run.lock"


class AnswerStore:
    """Answers in a folder.

    Args:
        folder: made if it is not there.
        settings: all that the answers depend on.
        overwrite: begin anew, whatever the folder holds.

    Raises:
        ValueError: the folder holds answers under other settings or of unknown origin, or another process writes there.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any], *, overwrite: bool = False):
        self.folder = folder
        self.answers: dict[int, Answer] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = self._locked()
        settings = json.loads(json.dumps(settings))
        if overwrite:
            for name in (SETTINGS, PARTIAL, WHOLE):
                (folder / name).unlink(missing_ok=True)
        self._check(settings)
        write_whole(folder / SETTINGS, json.dumps(settings, indent=2, ensure_ascii=False) + "\n")
        self._load()

    def _locked(self) -> FileLock:
        lock = FileLock(self.folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise ValueError(
                f"{self.folder}: another process writes answers there; wait or pass another --output"
            ) from None
        return lock

    def _check(self, settings: Mapping[str, Any]):
        before = _read_settings(self.folder / SETTINGS)
        if before is None and any((self.folder / name).exists() for name in (PARTIAL, WHOLE)):
            raise ValueError(f"{self.folder} holds answers without {SETTINGS}; pass --overwrite or another --output")
        if before is not None and before != settings:
            changed = sorted(key for key in {*before, *settings} if before.get(key) != settings.get(key))
            raise ValueError(
                f"{self.folder} holds answers under other settings ({', '.join(changed)}); pass --overwrite or another "
                "--output"
            )

    def _load(self):
        for name in (WHOLE, PARTIAL):
            for record in _whole_lines(self.folder / name):
                answer = Answer(**record)
                if answer.row is not None:
                    self.answers[answer.row] = answer

    def add(self, answers: Iterable[Answer]) -> Iterable[Answer]:
        """Writes each answer and hands it on; it is on disk when the next one is asked for."""
        with (self.folder / PARTIAL).open("a", encoding="utf-8") as file:
            for answer in answers:
                file.write(_line(answer))
                file.flush()
                os.fsync(file.fileno())
                if answer.row is not None:
                    self.answers[answer.row] = answer
                yield answer

    def finish(self) -> list[Answer]:
        """All answers in order of rows, also as one file."""
        answers = [self.answers[row] for row in sorted(self.answers)]
        write_whole(self.folder / WHOLE, "".join(map(_line, answers)))
        (self.folder / PARTIAL).unlink(missing_ok=True)
        self.close()
        return answers

    def close(self):
        """Lets another process write."""
        self._lock.release()
        (self.folder / LOCK).unlink(missing_ok=True)


def _line(answer: Answer) -> str:
    return json.dumps(answer.to_dict(), ensure_ascii=False) + "\n"


def _read_settings(path: Path) -> dict[str, Any] | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        raise ValueError(f"{path} is no JSON; remove the folder or pass another --output") from None


def _whole_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a file whose last line may be cut off; the rest of that line is removed, so that one can go on."""
    if not path.exists():
        return []
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    if end < len(content):
        with path.open("r+b") as file:
            file.truncate(end)
    return [_record(line, f"{path}, line {number}") for number, line in enumerate(content[:end].splitlines(), 1)]


def _record(line: bytes, place: str) -> dict[str, Any]:
    try:
        return json.loads(line)
    except ValueError as error:
        raise ValueError(f"{place}: no JSON ({error}); remove the line or pass --overwrite") from None
