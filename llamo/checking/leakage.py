"""Molecules of named test sets, to find conversations about them. Knows tasks and structures."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from llamo.checking.conversation import Conversation
from llamo.checking.finding import Finding
from processors import MoleculeError
from processors.molecule import flat_structure, parse


def held_out_by(tests: Sequence[str], *, data_folder: Path | None = None) -> dict[str, str]:
    """Structures without stereo -> where they are held out.

    Args:
        tests: names of tasks, whose test splits count (`llamo tasks`), or data files with a column `smiles` or SMILES
            in a column that is named behind a colon: `test.csv:SMILES`.
        data_folder: where the tasks' files are.

    Raises:
        ValueError: there is no such task or file, or no such column.
    """
    found: dict[str, str] = {}
    for test in tests:
        for place, smiles in enumerate(_molecules(test, data_folder)):
            try:
                found.setdefault(flat_structure(parse(smiles)), f"{test}, row {place}")
            except MoleculeError as error:
                raise ValueError(f"{test}, row {place}: {error}") from None
    return found


def check_leakage(conversation: Conversation, held_out: Mapping[str, str]) -> Iterator[Finding]:
    """Molecules of a conversation that are held out, whatever their stereo."""
    for smiles in conversation.molecules:
        try:
            structure = flat_structure(parse(smiles))
        except MoleculeError:
            continue
        if structure in held_out:
            yield Finding("leakage", "test molecule", None, smiles, f"not in {held_out[structure]}")


def _molecules(test: str, data_folder: Path | None) -> Iterator[str]:
    from llamo.data.reading import open_records
    from llamo.data.sources import DataSource
    from llamo.tasks import get_task, open_examples, task_names

    if test in task_names():
        for example in open_examples(get_task(test), "test", data_folder=data_folder):
            yield from example.molecules
        return
    path, _, column = test.partition(":")
    column = column or "smiles"
    for number, record in open_records(DataSource(path)):
        if column not in record:
            raise ValueError(f"{path}, row {number}: no column {column!r}; name it behind a colon, {path}:COLUMN")
        yield str(record[column])
