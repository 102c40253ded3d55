"""Streams pass good rows and report bad ones, in whichever process meets them."""

import numpy as np
import pytest
from datasets import Dataset
from torch.utils.data import DataLoader

from llamo.data import BadRowReport, DataSource, RowError, encode_rows, encode_source
from processors import LlamoDataCollator
from tests.llamo.data.files import BAD, GOOD, row, write_jsonl

ROWS = [GOOD, *BAD.values(), row(["C", "CC"], "Two."), row(None, "None.")] * 5
LIMIT = 200


@pytest.fixture
def report(tmp_path) -> BadRowReport:
    return BadRowReport(tmp_path / "report" / "bad.jsonl")


@pytest.fixture
def stream(tmp_path) -> DataSource:
    return DataSource(write_jsonl(tmp_path / "rows.jsonl", ROWS), label="rows", streaming=True)


def test_a_stream_gives_the_rows_that_are_encoded_beforehand(processor, stream):
    streamed = encode_source(stream, processor, max_length=LIMIT)
    for one, other in zip(streamed.dataset, encode_rows(ROWS, processor, max_length=LIMIT).dataset, strict=True):
        assert set(one) == set(other)
        for name, value in one.items():
            assert np.array_equal(value, other[name]), name


def test_counts_are_there_afterwards_and_the_same_as_beforehand(processor, stream, report):
    streamed = encode_source(stream, processor, max_length=LIMIT, report=report)
    assert streamed.summary.rows_in == 0
    for _ in range(2):  # epochs
        list(streamed.dataset)
    assert streamed.summary == encode_rows(ROWS, processor, max_length=LIMIT).summary


def test_bad_rows_are_an_error_on_request(processor, stream, report):
    streamed = encode_source(stream, processor, report=report, on_bad_row="error")
    with pytest.raises(RowError, match=r"^rows, row 1: .*unclosed ring"):
        list(streamed.dataset)


def test_batches_of_bad_rows_alone_are_passed_over(processor, tmp_path):
    path = write_jsonl(tmp_path / "rows.jsonl", [GOOD, *[BAD["molecule"]] * 50, GOOD])
    streamed = encode_source(DataSource(path, streaming=True), processor)
    assert [example["row"] for example in streamed.dataset] == [0, 51]


@pytest.mark.parametrize("workers", [0, 2])
def test_each_worker_of_a_loader_writes_its_own_report(processor, tmp_path, report, workers):
    rows = [row("C" * size) if size % 3 else row("C1") for size in range(1, 31)]
    Dataset.from_list(rows).save_to_disk(tmp_path / "saved")
    source = DataSource(str(tmp_path / "saved"), label="saved", streaming=True)
    streamed = encode_source(source, processor, report=report)
    loader = DataLoader(streamed.dataset, batch_size=4, num_workers=workers, collate_fn=LlamoDataCollator(processor))
    assert sum(len(batch["input_ids"]) for batch in loader) == 20
    assert [path.name for path in report.parts()] == [f"bad.rank0-worker{n}.jsonl" for n in range(workers or 1)]
    assert sorted(bad.row for bad in report.rows()) == list(range(2, 30, 3))
    assert (streamed.summary.rows_in, streamed.summary.rows_out) == (30, 20)
