"""`llamo describe`, `ask`, `predict`, `name`, `react` and `retro`: answers as a file, JSON lines or a table."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from llamo.asking.asking import ask_rows
from llamo.asking.columns import Columns
from llamo.asking.merging import merge
from llamo.asking.partial import PartialFile
from llamo.asking.progress import watched
from llamo.asking.request import Request
from llamo.asking.share import Share
from llamo.asking.wording import Wording
from llamo.assistant import Assistant, Reply
from llamo.compact.shipped import shipped
from llamo.molecule_files.row import RawRow
from llamo.quiet import quiet

MAX_NEW_TOKENS = 256


def answer(request: Request, *, lines: Iterable[str] | None = None):
    """Asks, and writes or prints the answers.

    Args:
        request: what is asked.
        lines: in place of stdin.

    Raises:
        ValueError: the output is there already or a setting is wrong; and, after all answers were printed, the first
            molecule that could not be answered about.
    """
    read = sys.stdin if lines is None else lines
    share = Share.of_environment()
    request.check_share(share)
    with quiet():
        if request.output is not None:
            write(request, share, lines=read)
        else:
            show(request, lines=read)


def write(request: Request, share: Share, *, lines: Iterable[str] = ()):
    """The answers of one process's rows, and the whole file where the other processes have theirs.

    A run that was killed goes on when it is started again; one from stdin begins anew.
    """
    output = request.output
    assert output is not None
    partials = [PartialFile(output, Share(rank, share.world), request.settings()) for rank in range(share.world)]
    own = partials[share.rank]
    if output.exists() and not request.overwrite:
        raise ValueError(f"{output} is there already; choose another file, or pass --overwrite")
    if request.overwrite or request.from_stdin:
        own.drop()
    first = own.resume()
    if not own.is_complete:
        rows = (row for row in request.rows(lines) if row.number >= first and share.takes(row.number))
        done = len(range(share.rank, first, share.world))
        for window in watched(_windows(request, rows, share), done_before=done):
            own.add(window)
        own.complete()
    if merge(partials, output):
        print(f"answers are in {output}", file=sys.stderr)


def show(request: Request, *, lines: Iterable[str] = ()):
    """Prints JSON lines as they come, or a table at the end."""
    columns, kept, error = Columns(), [], ""
    for window in watched(_windows(request, request.rows(lines), Share())):
        for record in window:
            columns.add(record)
            if record["result"]["error"] and not error:
                error = f"row {record['row']}: {record['result']['error']}"
        if not request.as_json:
            kept += window
            continue
        for record in window:
            print(json.dumps(columns.row(record), ensure_ascii=False, default=str), flush=True)
    if not request.as_json:
        _print_table(kept)
    if error:
        raise ValueError(error)


def _windows(request: Request, rows: Iterator[RawRow], share: Share) -> Iterator[list[dict[str, Any]]]:
    wording = Wording(request.question) if request.task is None else Wording.of_task(request.task, request.values)
    first = next(rows, None)  # a wrong file is told before a model is loaded, and without a row none is
    if first is None:
        return iter(())
    return ask_rows(chain([first], rows), _asker(request, share, wording), wording, batch_size=request.batch_size)


def _asker(request: Request, share: Share, wording: Wording) -> Callable[[Sequence[str], Sequence[str]], list[Reply]]:
    assistant = Assistant.load(
        request.model or shipped(),
        device=share.device(request.device),
        dtype=request.dtype,
        load_in_4bit=request.load_in_4bit,
    )
    if request.retrieve and assistant.processor.captions is None:
        raise ValueError("this model has no caption index to retrieve from; make one with `llamo index`")
    own = MAX_NEW_TOKENS if wording.task is None else wording.task.max_new_tokens
    options = {"num_beams": request.beams, "max_new_tokens": request.max_new_tokens or own}

    def ask(smiles: Sequence[str], questions: Sequence[str]) -> list[Reply]:
        return assistant.ask(smiles, questions, retrieve=request.retrieve, batch_size=len(smiles), **options)

    return ask


def _print_table(records: Sequence[dict[str, Any]]):
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_edge=False, pad_edge=False)
    for name in ("molecule", "answer", "confidence"):
        table.add_column(name, overflow="fold", justify="right" if name == "confidence" else "left")
    for record in records:
        result = record["result"]
        confidence = "" if result["confidence"] is None else f"{result['confidence']:.0%}"
        said = result.get("answer") or result["text"]
        shown = Text(result["error"], style="red") if result["error"] else Text(said)
        table.add_row(Text(result["smiles"] or f"row {record['row']}"), shown, confidence)
    Console().print(table)
