"""The questions of a split, and the rows that ask none, each with its reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from llamo.tasks.locating import Opened, open_data_file, open_split, split_of
from llamo.tasks.splitting import part_of, read_molecule, scaffold_key, structure_key
from llamo.tasks.task import Example, Fields, Split, Task

if TYPE_CHECKING:
    from llamo.data.bad_row import BadRow

_GRAPH = "<graph>"


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
    found = _Rows(task, split_of(task, split), split, data_folder)
    if data_file is not None:
        opened = open_data_file(task, data_file)
        found = _Rows(_plain(task) if opened.is_plain else task, Split(), split, data_folder, opened=[opened])
    asked = found.fields()
    if found.task.arrange is not None:
        asked = iter(found.task.arrange(list(asked)))
    examples = tuple(_ask(found.task, row, one, draw_seed) for row, one in enumerate(islice(asked, limit)))
    left_out = tuple(dict.fromkeys(found.left_out))
    if not examples:
        first = f"; the first row left out: {left_out[0]}" if left_out else ""
        raise ValueError(f"{task.name}, split {split}: no row asks a question{first}")
    return Examples(examples, left_out)


@dataclass
class _Rows:
    """Reads the rows of a split.

    Attributes:
        task: reads them.
        split: which of them belong to it.
        name: of the split.
        data_folder: where local files are.
        opened: the sources; default those of the split.
        left_out: gets the others.
    """

    task: Task
    split: Split
    name: str
    data_folder: str | Path | None
    opened: list[Opened] | None = None
    left_out: "list[BadRow]" = field(default_factory=list)

    def fields(self) -> Iterator[Fields]:
        """What the good rows say."""
        held_out = self._held_out()
        sources = open_split(self.task, self.name, data_folder=self.data_folder) if self.opened is None else self.opened
        for source in sources:
            title = source.source.title
            for number, record in source.rows:
                for one in self._read(source, title, number, record):
                    if self._is_good(one, held_out, title, number):
                        yield one

    def structures(self) -> Iterator[str]:
        """Structures of the split."""
        from processors.molecule import MoleculeError

        for one in self.fields():
            try:
                yield structure_key(_key(one))
            except MoleculeError:
                continue  # this row was reported with its own split

    def _held_out(self) -> frozenset[str]:
        others = [(name, replace(split_of(self.task, name), without=())) for name in self.split.without]
        rows = [_Rows(self.task, split, name, self.data_folder) for name, split in others]
        return frozenset(key for one in rows for key in one.structures())

    def _read(self, source: Opened, title: str, number: int, record: Mapping[str, Any]) -> Sequence[Fields]:
        from llamo.data.bad_row import Problem

        try:
            row = source.named(record)
            if self.split.keep is not None and not self.split.keep(row):
                return ()
            return self.task.read(row) or _raise_no_question(row)
        except Problem as problem:
            self.left_out.append(problem.at(title, number).bad)
        except (ValueError, KeyError) as error:
            reason = f"there is no column {error}" if isinstance(error, KeyError) else str(error)
            self.left_out.append(Problem("schema", reason, "correct or remove the row", record).at(title, number).bad)
        return ()

    def _is_good(self, one: Fields, held_out: frozenset[str], title: str, number: int) -> bool:
        from llamo.data.bad_row import Problem
        from llamo.data.structures import molecule_problem
        from processors.molecule import MoleculeError

        try:
            if self.split.part is not None and self._part(one) != self.split.part:
                return False
            for molecule in one.molecules:
                read_molecule(molecule)
            if held_out and (shared := structure_key(_key(one))) in held_out:
                where = " or ".join(self.split.without)
                raise Problem("leak", f"its structure is in {where} as well", "nothing to do", shared)
            _check_target(self.task, one)
        except (Problem, MoleculeError) as error:
            problem = error if isinstance(error, Problem) else molecule_problem(error)
            self.left_out.append(problem.at(title, number).bad)
            return False
        return True

    def _part(self, one: Fields) -> str:
        """By structure; of a molecule that cannot be read, by its text, so that it is reported with one split."""
        from processors.molecule import MoleculeError

        key = _key(one)
        try:
            return part_of(scaffold_key(key) if self.split.part_key == "scaffold" else structure_key(key))
        except MoleculeError:
            return part_of(key)


def _key(one: Fields) -> str:
    if one.key is None and not one.molecules:
        raise ValueError("a question without a molecule needs Fields.key to be put into a split; give one in read")
    return one.key if one.key is not None else one.molecules[0]


def _check_target(task: Task, one: Fields):
    from llamo.data.bad_row import Problem

    if not one.target.strip():
        raise Problem("empty_output", "its answer is empty", "fill it or remove the row", one.target)
    if task.arrange is None and not task.parse(one.target):
        kind = task.answer.replace("_", "/")
        raise Problem("schema", f"its answer is no {kind} as {task.name} reads them", "correct it", one.target)


def _raise_no_question(row: Mapping[str, Any]) -> Sequence[Fields]:
    from llamo.data.bad_row import Problem

    raise Problem("no_answer", "the row has no question with an answer", "nothing to do", dict(row))


def _ask(task: Task, row: int, one: Fields, draw_seed: int | None) -> Example:
    try:
        return task.ask(row, one, draw_seed=draw_seed)
    except KeyError as error:
        raise ValueError(f"{task.name}: the prompt needs {error}; add such a column, or the column 'prompt'") from None


def _plain(task: Task) -> Task:
    """The task, for a file with the columns `smiles` and `target`, and `prompt` where it asks in its own words."""

    def read(row: Mapping[str, Any]) -> Sequence[Fields]:
        return [_plain_fields(row, task.prompts[0])]

    return replace(task, prompts=("{prompt}",), read=read, arrange=None)


def _plain_fields(row: Mapping[str, Any], wording: str) -> Fields:
    from llamo.data.bad_row import Problem
    from llamo.tasks.cells import is_missing, text

    given = row.get("smiles")
    listed = given if isinstance(given, list) else [] if is_missing(given) else str(given).split(">>")
    molecules = tuple(str(one).strip() for one in listed)
    values = {name: str(value) for name, value in row.items() if not is_missing(value)}
    prompt = values.get("prompt", wording)
    if prompt.count(_GRAPH) not in (0, len(molecules)):
        raise Problem(
            "schema",
            f"the prompt has {prompt.count(_GRAPH)} {_GRAPH}, the row {len(molecules)} molecules",
            "make the numbers equal",
            prompt,
        )
    return Fields(molecules, text(row, "target"), {**values, "prompt": prompt}, values.get("group"))
