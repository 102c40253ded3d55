"""Files that are much larger than they look: refused before a reader fills memory or disk with them."""

import gzip
from pathlib import Path

from pyarrow import ArrowException, parquet

from llamo.text_lines import DAMAGED, LONGEST

# A file may unpack to this many times its size, and to so many bytes at any size; tables of molecules unpack to 3 to 20
# times theirs, what is made to fill a disk to 1,000 times.
_TIMES = 200
_BYTES = 1_000_000_000
# Rows for each byte of a Parquet file.
_ROWS = 100
_CHUNK = 1 << 20


def check_unpacked(path: Path):
    """Unpacks a .gz of rows once without keeping it; asks a .parquet. What is damaged is left to its reader.

    Raises:
        ValueError: it unpacks to far more than its size, or to a line without an end.
    """
    if path.suffix == ".gz":
        _check_gzip(path)
    elif path.suffix.lower() == ".parquet":
        _check_parquet(path)


def _check_gzip(path: Path):
    most = max(_BYTES, _TIMES * path.stat().st_size)
    size = line = 0
    try:
        with gzip.open(path) as file:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
                longest = line + (len(chunk) if first < 0 else first)
                line = longest if last < 0 else len(chunk) - last - 1
                if longest > LONGEST:
                    raise ValueError(f"{path}: unpacks to a line of more than {LONGEST:,} bytes; split it into rows")
                if size > most:
                    raise _too_large(path, f"{most:,} bytes")
    except DAMAGED:
        return


def _check_parquet(path: Path):
    packed = path.stat().st_size
    try:
        about = parquet.read_metadata(path)
    except (ArrowException, OSError):
        return
    size = sum(about.row_group(number).total_byte_size for number in range(about.num_row_groups))
    if about.num_rows > max(_BYTES // 1000, _ROWS * packed):
        raise _too_large(path, f"{about.num_rows:,} rows")
    if size > max(_BYTES, _TIMES * packed):
        raise _too_large(path, f"{size:,} bytes")


def _too_large(path: Path, what: str) -> ValueError:
    return ValueError(
        f"{path}: {path.stat().st_size:,} bytes unpack to more than {what}, as no table of molecules does; unpack it "
        "and look, or leave it out"
    )
