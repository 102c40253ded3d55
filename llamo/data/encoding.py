"""Encodes whole sources: beforehand into Arrow columns, on the fly, or as a stream. No bad row goes unrecorded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
from datasets import Dataset, IterableDataset
from transformers.utils import logging

from llamo.data.bad_row import BadRow, RowError
from llamo.data.cache import map_once
from llamo.data.encoder import MARKED_FEATURES, RowEncoder
from llamo.data.on_the_fly import OnTheFlyDataset
from llamo.data.reading import open_rows, open_source
from llamo.data.report import BadRowReport
from llamo.data.rows import RowReader, SourceRows
from llamo.data.sources import DataSource
from llamo.data.streaming import encode_stream
from llamo.data.structures import bad_rows_of, structures_of
from llamo.data.summary import SourceSummary, count, describe
from processors import LlamoProcessor

logger = logging.get_logger(__name__)

OnBadRow = Literal["report", "error"]


@dataclass(frozen=True)
class EncodedSource:
    """A source that is ready for the collator.

    Attributes:
        rows: the source as it was opened.
        dataset: its examples.
        bad_rows: rows left out beforehand; those of a stream are in the report.
        report: where they are written.
    """

    rows: SourceRows
    dataset: Dataset | OnTheFlyDataset | IterableDataset
    bad_rows: tuple[BadRow, ...] = ()
    report: BadRowReport | None = None

    @property
    def summary(self) -> SourceSummary:
        """Counts; of a stream, up to now."""
        title, dropped = self.rows.source.title, self.rows.dropped
        if isinstance(self.dataset, IterableDataset):
            return self._stream_summary(title)
        bad = count([*self.bad_rows, *(self.rows.leaks if dropped else ())])
        rows_out = len(self.dataset)
        return SourceSummary(title, rows_out + len(self.bad_rows) + dropped, rows_out, bad, len(self.rows.leaks))

    def _stream_summary(self, title: str) -> SourceSummary:
        report = cast(BadRowReport, self.report)
        bad_rows = [row for row in report.rows() if row.source == title]
        seen, bad = report.seen(title), count(bad_rows)
        return SourceSummary(title, seen, seen - len(bad_rows), bad, bad.get("leak", 0))


def encode_source(
    source: DataSource | SourceRows,
    processor: LlamoProcessor,
    *,
    max_length: int | None = None,
    truncation: bool = False,
    on_bad_row: OnBadRow = "report",
    on_the_fly: bool = False,
    report: BadRowReport | None = None,
    held_out: frozenset[str] | None = None,
    ignore_stereo: bool = True,
    seed: int = 0,
    num_proc: int | None = None,
    cache_dir: str | Path | None = None,
    overwrite_cache: bool = False,
    **options: Any,
) -> EncodedSource:
    """Makes examples of every row of a source: `source`, `row`, `length` and what `encode_conversation` returns.

    Encoded beforehand, once: a second call with the same rows and settings reads the result from its file.

    Args:
        source: settings, or an opened source, such as `check_leakage` returns.
        processor: encodes conversations.
        max_length: rows with more tokens are bad.
        truncation: cut text of such rows instead.
        on_bad_row: "report" leaves bad rows out and on record, "error" raises.
        on_the_fly: encode rows when they are asked for. Beforehand only their schema and molecules are looked at; what
            else is wrong raises then.
        report: gets the bad rows. A stream without one writes to a temporary folder.
        held_out: structures (`held_out_structures`) that rows of a stream may not have.
        ignore_stereo: they were taken without stereo.
        seed: of the draw among several instructions.
        num_proc: processes that encode.
        cache_dir: folder of the results; default the cache of `datasets`.
        overwrite_cache: encode anew.
        options: more of `LlamoProcessor.encode_conversation`.

    Raises:
        RowError: a bad row, with `on_bad_row="error"`.
        ValueError: the source cannot be read, or settings contradict each other.
    """
    if on_bad_row not in ("report", "error"):
        raise ValueError(f"on_bad_row must be 'report' or 'error', got {on_bad_row!r}")
    rows = open_source(source) if isinstance(source, DataSource) else source
    reader = RowReader.of(rows.source, seed=seed)
    encoder = RowEncoder(reader, processor, max_length, truncation, options, held_out, ignore_stereo)
    if isinstance(rows.dataset, IterableDataset):
        if on_the_fly:
            raise ValueError(f"{reader.title}: a stream is encoded as it comes; leave on_the_fly off")
        report = report or BadRowReport()
        stream = encode_stream(rows.dataset, encoder, report, raise_errors=on_bad_row == "error")
        return EncodedSource(rows, stream, report=report)
    if held_out is not None:
        raise ValueError(f"{reader.title}: held_out is for streams; use check_leakage, which looks beforehand")
    files = {"num_proc": num_proc, "cache_dir": cache_dir, "overwrite_cache": overwrite_cache}
    encode = _encode_later if on_the_fly else _encode_now
    dataset, bad_rows = encode(rows, encoder, **files)
    return _record(EncodedSource(rows, dataset, bad_rows, report), raise_errors=on_bad_row == "error")


def encode_rows(
    rows: Iterable[Mapping[str, Any]],
    processor: LlamoProcessor,
    *,
    label: str = "rows",
    columns: Mapping[str, str | None] | None = None,
    instruction: str | list[str] | None = None,
    undo_doubled_backslashes: bool = False,
    **options: Any,
) -> EncodedSource:
    """The same for rows in memory.

    Args:
        rows: dicts of the schema.
        processor: encodes conversations.
        label: name in reports.
        columns: see `DataSource`, as are the next two.
        instruction: question of every row.
        undo_doubled_backslashes: read two backslashes in a SMILES as one.
        options: of `encode_source`.

    Raises:
        ValueError: see `encode_source`.
    """
    opened = open_rows(
        rows,
        label=label,
        columns=columns or {},
        instruction=instruction,
        undo_doubled_backslashes=undo_doubled_backslashes,
    )
    return encode_source(opened, processor, **options)


def _encode_now(rows: SourceRows, encoder: RowEncoder, **files: Any) -> tuple[Dataset, tuple[BadRow, ...]]:
    title = encoder.reader.title
    raw = cast(Dataset, rows.dataset)
    marked = map_once(raw, encoder, key=encoder.key(), features=MARKED_FEATURES, desc=f"encoding {title}", **files)
    bad = dict(bad_rows_of(marked["bad"][:]))
    return _without(marked.remove_columns("bad"), bad), tuple(bad.values())


def _encode_later(rows: SourceRows, encoder: RowEncoder, **files: Any) -> tuple[OnTheFlyDataset, tuple[BadRow, ...]]:
    max_atoms = encoder.processor.feature_extractor.max_atoms
    found = structures_of(rows, max_atoms=max_atoms, seed=encoder.reader.seed, **files)
    bad = dict(bad_rows_of(found["bad"][:]))
    return OnTheFlyDataset([(_without(cast(Dataset, rows.dataset), bad), encoder)]), tuple(bad.values())


def _without(dataset: Dataset, bad: Mapping[int, BadRow]) -> Dataset:
    return dataset.select(np.setdiff1d(np.arange(len(dataset)), list(bad))) if bad else dataset


def _record(encoded: EncodedSource, *, raise_errors: bool) -> EncodedSource:
    bad, summary = encoded.bad_rows, encoded.summary
    if encoded.report is not None:
        encoded.report.add(bad)
    if bad and raise_errors:
        logger.error(str(summary))
        raise RowError(bad[0])
    if bad:
        place = "" if encoded.report is None else f"; see {encoded.report.path}"
        logger.warning(f"{summary.source}: left out{describe(count(bad))[1:]}; the first: {bad[0]}{place}")
    return encoded
