"""The questions of a split, and the rows that ask none, each with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from llamo.tasks.locating import open_data_file, split_of
from llamo.tasks.split_rows import SplitRows
from llamo.tasks.task import Example, Fields, Split, Task
from processors.placeholders import GRAPH_TOKEN

if TYPE_CHECKING:
    from llamo.data.bad_row import BadRow


@dataclass(frozen=True)
class Examples(Sequence[Example]):
    """Questions in order, numbered from 0.

    Attributes:
        examples: the questions.
        left_out: rows of the source that ask none; with a limit, those that were met before it.
    """

    examples: tuple[Example, ...]
    left_out: "tuple[BadRow, ...]" = ()

    def __len__(self) -> int:
        return len(self.examples)

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Example, ...]: ...
    def __getitem__(self, index: int | slice) -> Example | tuple[Example, ...]:
        return self.examples[index]


def open_examples(
    task: Task,
    split: str = "test",
    *,
    data_file: str | Path | None = None,
    data_folder: str | Path | None = None,
    limit: int | None = None,
    draw_seed: int | None = None,
) -> Examples:
    """The questions of a split, from a file, the data folder, or the Hub.

    Args:
        task: what is asked.
        split: "train", "validation" or "test".
        data_file: its rows instead, every one of them whatever the split: with the task's columns, or `smiles`,
            `target` and perhaps `prompt`.
        data_folder: where local files are; default the environment's `LLAMO_DATA`.
        limit: the first questions only.
        draw_seed: of the wording, one for each question; by default all have the first wording.

    Raises:
        ValueError: the data are nowhere, cannot be read, or ask no question.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be at least 1 or None, got {limit}")
    rows = SplitRows(task, split, split_of(task, split), data_folder)
    if data_file is not None:
        opened = open_data_file(task, data_file)
        rows = SplitRows(_plain(task) if opened.is_plain else task, split, Split(), opened=[opened])
    found = rows.fields()
    if rows.task.arrange is not None:
        found = iter(rows.task.arrange(list(found)))
    examples = tuple(_ask(rows.task, row, one, draw_seed) for row, one in enumerate(islice(found, limit)))
    left_out = tuple(dict.fromkeys(rows.left_out))
    if not examples:
        first = f"; the first row left out: {left_out[0]}" if left_out else ""
        raise ValueError(f"{task.name}, split {split}: no row asks a question{first}")
    return Examples(examples, left_out)


def _ask(task: Task, row: int, one: Fields, draw_seed: int | None) -> Example:
    try:
        return task.ask(row, one, draw_seed=draw_seed)
    except KeyError as error:
        raise ValueError(f"{task.name}: its prompt needs {error}; give it in the values of Fields") from None


def _plain(task: Task) -> Task:
    """The task, for a file with the columns `smiles` and `target`, and `prompt` where it asks in its own words."""

    def read(row: Mapping[str, Any]) -> Sequence[Fields]:
        return [_plain_fields(row, task)]

    return replace(task, prompts=("{prompt}",), read=read, arrange=None)


def _plain_fields(row: Mapping[str, Any], task: Task) -> Fields:
    from llamo.data.bad_row import Problem
    from llamo.tasks.cells import is_missing, text

    given = row.get("smiles")
    listed = given if isinstance(given, list) else [] if is_missing(given) else str(given).split(">>")
    values = {name: str(value) for name, value in row.items() if not is_missing(value)}
    one = Fields(tuple(str(smiles).strip() for smiles in listed), text(row, "target"), values, values.get("group"))
    prompt = values.get("prompt") or task.ask(0, one).prompt
    places = prompt.count(GRAPH_TOKEN)
    if places not in (0, len(one.molecules)):
        reason = f"the prompt has {places} {GRAPH_TOKEN}, the row {len(one.molecules)} molecules"
        raise Problem("schema", reason, "make the numbers equal", prompt)
    return replace(one, values={"prompt": prompt})
