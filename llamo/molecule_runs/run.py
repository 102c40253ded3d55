"""Writes what is found about rows of molecules as a file, or prints it. Knows no model and no question."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import TextIOWrapper
from itertools import chain
from typing import Any

from llamo.molecule_files.row import RawRow
from llamo.molecule_files.writing import TableWriter, write_table
from llamo.molecule_runs.columns import Columns
from llamo.molecule_runs.merging import merge
from llamo.molecule_runs.partial import PartialFile
from llamo.molecule_runs.progress import watched
from llamo.molecule_runs.share import Share
from llamo.molecule_runs.source import Source

# Records (see `Columns`) of rows, a window at a time, in their order.
Windows = Iterator[list[dict[str, Any]]]
Work = Callable[[Iterator[RawRow], Share], Windows]


def run(
    source: Source,
    work: Work,
    show: Callable[[Sequence[dict[str, Any]]], None],
    *,
    lines: Iterable[str] | None = None,
    writer: TableWriter = write_table,
):
    """Does the work of one process of the run.

    Args:
        source: molecules and where results go.
        work: gives records of rows. It is called when there is a first row, so that a wrong file is told before a model
            is loaded, and not at all without.
        show: prints all records, where there is no output and no JSON is asked for.
        lines: in place of stdin.
        writer: of the output.

    Raises:
        ValueError: the output is there already or a setting is wrong; and, after everything was printed, the first row
            with an error.
    """
    read = _stdin() if lines is None else lines
    share = Share.of_environment()
    source.check_share(share)
    if source.output is not None:
        _write(source, work, share, read, writer)
    else:
        _print(source, work, show, read)


def _stdin() -> Iterable[str]:
    """Lines in which what is no UTF-8 is a row that cannot be read, not the end of the run."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    return sys.stdin


def _write(source: Source, work: Work, share: Share, lines: Iterable[str], writer: TableWriter):
    """The results of one process's rows, and the whole file where the other processes have theirs.

    A run that was killed goes on when it is started again; one from stdin begins anew.
    """
    output = source.output
    assert output is not None
    partials = [PartialFile(output, Share(rank, share.world), source.settings()) for rank in range(share.world)]
    own = partials[share.rank]
    if output.exists() and not source.overwrite:
        raise ValueError(f"{output} is there already; choose another file, or pass --overwrite")
    if source.overwrite or source.from_stdin:
        own.drop()
    first = own.resume()
    if not own.is_complete:
        rows = (row for row in source.rows(lines) if row.number >= first and share.takes(row.number))
        done = len(range(share.rank, first, share.world))
        for window in watched(_begun(work, rows, share), done_before=done):
            own.add(window)
        own.complete()
    if merge(partials, output, writer):
        print(f"answers are in {output}", file=sys.stderr)


def _print(source: Source, work: Work, show: Callable[[Sequence[dict[str, Any]]], None], lines: Iterable[str]):
    """JSON lines as they come, or a table at the end."""
    columns, kept, error = Columns(), [], ""
    for window in watched(_begun(work, source.rows(lines), Share())):
        for record in window:
            columns.add(record)
            if record["result"]["error"] and not error:
                error = f"row {record['row']}: {record['result']['error']}"
            if source.as_json:
                print(json.dumps(columns.row(record), ensure_ascii=False, default=str), flush=True)
        if not source.as_json:
            kept += window
    if not source.as_json:
        show(kept)
    if error:
        raise ValueError(error)


def _begun(work: Work, rows: Iterator[RawRow], share: Share) -> Windows:
    first = next(rows, None)
    return iter(()) if first is None else work(chain([first], rows), share)
