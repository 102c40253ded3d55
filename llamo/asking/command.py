"""`llamo describe`, `ask`, `predict`, `name`, `react` and `retro`: answers as a file, JSON lines or a table."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from llamo.asking.asking import ask_rows
from llamo.asking.request import Request
from llamo.asking.wording import Wording
from llamo.assistant import Assistant, Reply
from llamo.compact.shipped import shipped
from llamo.molecule_files.row import RawRow
from llamo.molecule_runs.run import Windows, run
from llamo.molecule_runs.share import Share
from llamo.quiet import quiet

MAX_NEW_TOKENS = 256


def answer(request: Request, *, lines: Iterable[str] | None = None):
    """Asks, and writes or prints the answers; see `llamo.molecule_runs.run.run`.

    Args:
        request: what is asked.
        lines: in place of stdin.

    Raises:
        ValueError: the output is there already or a setting is wrong; and, after all answers were printed, the first
            molecule that could not be answered about.
    """

    def work(rows: Iterator[RawRow], share: Share) -> Windows:
        task = request.task
        wording = Wording(request.question) if task is None else Wording.of_task(task, request.values)
        return ask_rows(rows, _asker(request, share, wording), wording, batch_size=request.batch_size)

    with quiet():
        run(request, work, _print_table, lines=lines)


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
