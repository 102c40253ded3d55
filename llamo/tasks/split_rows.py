"""The rows of a split, one by one: what they say, whether they belong to it, and whether they can be asked about."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llamo.tasks.locating import Opened, open_split, split_of
from llamo.tasks.splitting import part_of, read_molecule, scaffold_key, structure_key
from llamo.tasks.task import Fields, Split, Task

if TYPE_CHECKING:
    from llamo.data.bad_row import BadRow


@dataclass
class SplitRows:
    """Reads rows.

    Attributes:
        task: says how.
        name: of the split.
        split: which rows belong to it.
        data_folder: where local files are.
        opened: the sources; default those of the split.
        left_out: gets the rows that cannot be asked about.
    """

    task: Task
    name: str
    split: Split
    data_folder: str | Path | None = None
    opened: list[Opened] | None = None
    left_out: "list[BadRow]" = field(default_factory=list)

    def fields(self) -> Iterator[Fields]:
        """What the good rows say."""
        others = [
            SplitRows(self.task, name, split_of(self.task, name), self.data_folder) for name in self.split.without
        ]
        held_out = frozenset(structure for other in others for structure in other.structures())
        for source, number, one in self._members():
            with self._on_record(source, number):
                self._check(one, held_out)
                yield one

    def structures(self) -> Iterator[str]:
        """The structures by which the rows are kept apart from other splits."""
        for source, number, one in self._members():
            with self._on_record(source, number):
                yield structure_key(_key(one))

    def _members(self) -> Iterator[tuple[Opened, int, Fields]]:
        sources = open_split(self.task, self.name, data_folder=self.data_folder) if self.opened is None else self.opened
        for source in sources:
            for number, record in source.rows:
                found: Sequence[Fields] = ()
                with self._on_record(source, number):
                    found = self._read(source, record)
                yield from ((source, number, one) for one in found if self._belongs(one))

    @contextmanager
    def _on_record(self, source: Opened, number: int) -> Iterator[None]:
        """What is wrong with the row leaves it out, with the reason."""
        from llamo.data.bad_row import Problem
        from llamo.data.structures import molecule_problem
        from processors.molecule import MoleculeError

        try:
            yield
        except Problem as problem:
            found = problem
        except MoleculeError as error:
            found = molecule_problem(error)
        except (ValueError, KeyError) as error:
            reason = f"there is no column {error}" if isinstance(error, KeyError) else str(error)
            found = Problem("schema", reason, "correct or remove the row", f"row {number}")
        else:
            return
        self.left_out.append(found.at(source.source.title, number).bad)

    def _read(self, source: Opened, record: Mapping[str, Any]) -> Sequence[Fields]:
        from llamo.data.bad_row import Problem

        row = source.named(record)
        if self.split.keep is not None and not self.split.keep(row):
            return ()
        found = self.task.read(row)
        if not found:
            raise Problem("no_answer", "it has no question with an answer", "nothing to do", dict(row))
        return found

    def _belongs(self, one: Fields) -> bool:
        """By structure; a molecule that cannot be read, by its text, so that it is reported with one split."""
        from processors.molecule import MoleculeError

        if self.split.part is None:
            return True
        key = _key(one)
        try:
            return self.split.part == part_of(
                (scaffold_key if self.split.part_key == "scaffold" else structure_key)(key)
            )
        except MoleculeError:
            return self.split.part == part_of(key)

    def _check(self, one: Fields, held_out: frozenset[str]):
        from llamo.data.bad_row import Problem

        for molecule in one.molecules:
            read_molecule(molecule)
        if held_out and (shared := structure_key(_key(one))) in held_out:
            where = " or ".join(self.split.without)
            raise Problem("leak", f"its structure is in {where} as well", "nothing to do", shared)
        if not one.target.strip():
            raise Problem("empty_output", "its answer is empty", "fill it or remove the row", one.target)
        if self.task.arrange is None and not self.task.parse(one.target):
            kind = self.task.answer.replace("_", "/")
            raise Problem("schema", f"its answer is no {kind} as {self.task.name} reads them", "correct it", one.target)


def _key(one: Fields) -> str:
    if one.key is None and not one.molecules:
        raise ValueError("a question without a molecule cannot be put into a split; give Fields.key in read")
    return one.key if one.key is not None else one.molecules[0]
