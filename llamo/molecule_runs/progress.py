"""How far a run is, and how fast it was, on stderr: a live line where that is a terminal, one line at the end."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any


def watched(windows: Iterable[Sequence[dict[str, Any]]], *, done_before: int = 0) -> Iterator[Sequence[dict[str, Any]]]:
    """Passes records on and tells of them. `done_before`: rows that an earlier run answered."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console, started, rows, bad = Console(stderr=True), time.perf_counter(), 0, 0
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        shown = bar.add_task("reading")
        for window in windows:
            rows += len(window)
            bad += sum(bool(record["result"]["error"]) for record in window)
            bar.update(shown, description=_line(rows, bad, time.perf_counter() - started))
            yield window
    earlier = f" (and {done_before} rows before)" if done_before else ""
    print(_line(rows, bad, time.perf_counter() - started) + earlier, file=sys.stderr)


def _line(rows: int, bad: int, seconds: float) -> str:
    errors = f", {bad} with an error" if bad else ""
    return f"{rows} molecule{'s' * (rows != 1)}{errors} in {seconds:.1f} s: {rows / max(seconds, 1e-9):.1f} molecules/s"
