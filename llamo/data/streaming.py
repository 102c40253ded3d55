"""Encodes a stream: good rows pass, bad ones go to the report of the process that meets them."""

from dataclasses import dataclass
from typing import Any

from datasets import IterableDataset

from llamo.data.bad_row import RowError
from llamo.data.encoder import FEATURES, RowEncoder
from llamo.data.report import BadRowReport
from llamo.data.rows import NUMBER, records

# Rows at a time: the report is written as often.
_BATCH = 16


@dataclass(frozen=True)
class StreamEncoder:
    """Encodes batches of a stream.

    Attributes:
        encoder: of its rows.
        report: gets the bad ones, and how many rows were read.
        raise_errors: stop at the first bad row.
    """

    encoder: RowEncoder
    report: BadRowReport
    raise_errors: bool = False

    def __call__(self, batch: dict[str, list], indices: list[int]) -> dict[str, list]:
        good, bad = [], []
        for record in records(batch):
            try:
                good.append(self.encoder.encode(record))
            except RowError as error:
                bad.append(error.bad)
                if self.raise_errors:
                    break
        self.report.add_streamed(bad)
        self.report.tally(self.encoder.reader.title, indices[-1] + 1)
        if bad and self.raise_errors:
            raise RowError(bad[0])
        return {name: [row.get(name) for row in good] for name in FEATURES}


def encode_stream(
    stream: IterableDataset, encoder: RowEncoder, report: BadRowReport, *, raise_errors: bool
) -> IterableDataset:
    """The encoded stream; with workers, each process writes its own report file."""
    function: Any = StreamEncoder(encoder, report, raise_errors)
    columns = stream.column_names or list(next(iter(stream.take(1)), {NUMBER: 0}))
    return stream.map(
        function, with_indices=True, batched=True, batch_size=_BATCH, remove_columns=columns, features=FEATURES
    )
