"""Lines of text files, packed by gzip or not, that never fill the memory. Knows no format."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

# Characters of a line that are kept; a small .gz can hold a line without an end.
LONGEST = 10_000_000
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError)


def text_lines(path: Path, *, errors: str = "strict") -> Iterator[str]:
    """The lines of a file with their ends; of one longer than `LONGEST` the beginning, one character too long.

    Raises:
        ValueError: the file is cut off, damaged or no UTF-8; it names the last line that could be read.
    """
    number = 0
    try:
        with open_text(path, errors=errors) as file:
            while line := file.readline(LONGEST + 1):
                rest = line
                while len(rest) > LONGEST and not rest.endswith("\n"):
                    rest = file.readline(LONGEST + 1)
                number += 1
                yield line
    except DAMAGED as error:
        raise _damaged(path, error, after=number) from error


def whole_text(path: Path, *, most: int) -> str:
    """All of a file.

    Raises:
        ValueError: it is damaged, no UTF-8, or has more than `most` characters.
    """
    try:
        with open_text(path) as file:
            text = file.read(most + 1)
    except DAMAGED as error:
        raise _damaged(path, error) from error
    if len(text) > most:
        raise ValueError(f"{path}: more than {most:,} characters; write it as .jsonl, which is read row by row")
    return text


def open_text(path: Path, *, errors: str = "strict", newline: str | None = None):
    """A text file as UTF-8, unpacked where it ends in .gz; `newline` as of `open`."""
    opener = gzip.open if path.suffix == ".gz" else open
    return opener(path, "rt", encoding="utf-8-sig", errors=errors, newline=newline)


def _damaged(path: Path, error: Exception, *, after: int = 0) -> ValueError:
    place = f" after line {after}" if after else ""
    return ValueError(f"{path}: cannot be read{place}: {error}; the file is damaged, copy it again")
