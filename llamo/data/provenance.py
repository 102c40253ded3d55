"""What exactly was trained on: files, revisions, counts, and one hash over all of it."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llamo.data.cache import key_of
from llamo.data.encoding import EncodedSource
from llamo.data.reading import local_path
from llamo.data.rows import SourceRows

# The commit in the address of a file that was read from the Hub.
_REVISION = re.compile(r"@([0-9a-f]{40})/")


def fingerprint(datasets: Sequence[EncodedSource]) -> dict[str, Any]:
    """A record of the data for a run's log, as plain JSON types.

    Args:
        datasets: encoded sources. Counts of streams are those up to now.

    Returns:
        `sources`, each with path, name, split, settings, rows, bad rows by category, leaks, and `sha256` of the file or
        folder, or `revision` of the Hub data set, or else the `fingerprint` that `datasets` gives it; and `sha256` over
        all.
    """
    sources = [_describe(dataset) for dataset in datasets]
    return {"sources": sources, "sha256": key_of(sources)}


def _describe(encoded: EncodedSource) -> dict[str, Any]:
    source, summary = encoded.rows.source, encoded.summary
    instruction = source.instruction
    return {
        "source": source.title,
        "path": source.path,
        "name": source.name,
        "split": source.split,
        "columns": dict(source.columns),
        "instruction": instruction if instruction is None or isinstance(instruction, str) else list(instruction),
        "where": {column: sorted(map(str, source.allowed(column))) for column in source.where},
        "max_rows": source.max_rows,
        "weight": source.weight,
        "streaming": source.streaming,
        "rows_in": summary.rows_in,
        "rows": summary.rows_out,
        "bad_rows": summary.bad,
        "leaks": summary.leaks,
        **_content(encoded),
    }


def _content(encoded: EncodedSource) -> dict[str, str | None]:
    rows = encoded.rows
    if rows.in_memory:
        return {"fingerprint": _dataset_fingerprint(rows)}
    path = local_path(rows.source)
    if path is not None:
        return {"sha256": _hash_path(path)}
    checksums = rows.dataset.info.download_checksums or {}
    found = {match[1] for match in map(_REVISION.search, checksums) if match is not None}
    if len(found) == 1 or rows.source.revision:
        return {"revision": found.pop() if len(found) == 1 else rows.source.revision}
    return {"fingerprint": _dataset_fingerprint(rows)}


def _dataset_fingerprint(rows: SourceRows) -> str | None:
    return getattr(rows.dataset, "_fingerprint", None)


def _hash_path(path: Path) -> str:
    """SHA-256 of a file, or of names and contents of the files of a folder."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.arrow") if file.is_file() and not file.name.startswith("cache-"))
        return key_of([(str(file.relative_to(path)), _hash_path(file)) for file in files])
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
