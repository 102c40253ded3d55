"""The answers of all processes as one table, by row. Two passes over the partial files, nothing is held in memory."""

import heapq
import os
from collections.abc import Sequence
from pathlib import Path

from llamo.molecule_files.writing import TableWriter, write_table
from llamo.molecule_runs.columns import Columns
from llamo.molecule_runs.partial import PartialFile


def merge(partials: Sequence[PartialFile], output: Path, writer: TableWriter = write_table) -> bool:
    """Writes the table and drops the partial files, if all are complete; says whether the table is there.

    Processes that end at the same time may both do so: they write the same, and the table appears at once.
    """
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        if not all(partial.is_complete for partial in partials):
            return output.exists()
        columns = Columns()
        for partial in partials:
            for record in partial.records():
                columns.add(record)
        records = heapq.merge(*(partial.records() for partial in partials), key=lambda record: record["row"])
        writer(part, map(columns.row, records), columns.types(), like=output)
        part.replace(output)
    except FileNotFoundError:  # another process was faster and has dropped them
        return output.exists()
    finally:
        part.unlink(missing_ok=True)
    for partial in partials:
        partial.drop()
    return True
