"""A live line on what a run does: rows, share taken, cost. On stderr; plain lines where that is no terminal."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from llamo.instructions.build import Watch
from llamo.instructions.work_log import WorkLog

# Seconds between plain lines.
_PAUSE = 30.0


@contextmanager
def progress(rows: int) -> Iterator[Watch]:
    """Something to give to `build`.

    Args:
        rows: of the run.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain(rows)
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=rows)
        yield lambda log, notes: bar.update(task, completed=len(log.attempts), description=_line(log, notes))


def _plain(rows: int) -> Watch:
    last = time.monotonic()

    def watch(log: WorkLog, notes: str):
        nonlocal last
        if time.monotonic() - last >= _PAUSE:
            last = time.monotonic()
            print(f"{len(log.attempts)} of {rows} rows, {_line(log, notes)}", file=sys.stderr)

    return watch


def _line(log: WorkLog, notes: str) -> str:
    share = log.num_taken / max(1, len(log.done))
    return ", ".join(filter(None, (f"{log.num_taken} taken, {share:.0%} of drafts", notes)))
