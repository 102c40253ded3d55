"""Questions about the rows of molecule files, window by window. Knows neither files nor terminals."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from llamo.asking.batches import Batches
from llamo.asking.wording import Wording
from llamo.assistant import Reply
from llamo.molecule_files.naming import read_rows
from llamo.molecule_files.row import MoleculeRow, RawRow

# Batches of a window: within one, similar lengths are asked together; a kill loses at most one.
_WINDOW = 8


def ask_rows(
    rows: Iterable[RawRow],
    ask: Callable[[Sequence[str], Sequence[str]], Sequence[Reply]],
    wording: Wording,
    *,
    batch_size: int,
) -> Iterator[list[dict[str, Any]]]:
    """Records of answers (see `Columns`), in the order of rows, a window at a time.

    Args:
        rows: of molecules; never all of them are in memory.
        ask: see `Batches`.
        wording: the question.
        batch_size: questions at a time; halved where the memory is too small.
    """
    batches, left = Batches(ask, batch_size), iter(rows)
    while window := read_rows(list(islice(left, _WINDOW * batch_size))):
        yield _ask_window(window, batches, wording)


def _ask_window(window: Sequence[MoleculeRow], batches: Batches, wording: Wording) -> list[dict[str, Any]]:
    questions, errors = {}, {row.number: row.error for row in window}
    for row in window:
        try:
            questions[row.number] = wording.of(row)
        except ValueError as error:
            errors[row.number] = errors[row.number] or str(error)
    good = [row for row in window if not errors[row.number]]
    replies = batches.answer([(row.smiles, questions[row.number]) for row in good])
    answered = {row.number: reply for row, reply in zip(good, replies, strict=True)}
    return [
        {
            "row": row.number,
            "columns": dict(row.columns),
            "result": _result(
                row, questions.get(row.number, ""), answered.get(row.number, errors[row.number]), wording
            ),
        }
        for row in window
    ]


def _result(row: MoleculeRow, question: str, reply: Reply | str, wording: Wording) -> dict[str, Any]:
    empty = {} if wording.task is None else {"answer": ""}
    said = {"smiles": row.smiles, "question": question, "text": "", **empty, "confidence": None, "error": ""}
    if isinstance(reply, str):
        return {**said, "error": reply}
    return {**said, "text": reply.text, "confidence": round(reply.confidence, 4), **wording.read(reply.text)}
