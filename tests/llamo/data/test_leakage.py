"""Held-out molecules in training rows are found."""

import logging

import pytest

from llamo.data import (
    BadRowReport,
    DataSource,
    check_leakage,
    encode_source,
    held_out_structures,
    open_rows,
)
from tests.llamo.data.files import BAD, row, write_jsonl

TRAIN = [row("OCC"), row("c1ccccc1"), row(["N", "C[C@H](N)O"]), row("CCCC"), row(None), BAD["molecule"]]
HELD_OUT = [row("CCO"), row("C[C@@H](N)O"), row("CC(C)C"), BAD["molecule"], row(None)]


@pytest.fixture
def train():
    return open_rows(TRAIN, label="train")


@pytest.fixture
def held_out():
    return open_rows(HELD_OUT, label="test")


def test_leaks_are_an_error_that_names_both_sides_and_the_remedy(train, held_out):
    message = r"^2 training rows .*train, row 0 = test, row 0 \(CCO\); train, row 2 = test, row 1 .*policy=\"drop\""
    with pytest.raises(ValueError, match=message):
        check_leakage([train], [held_out])


def test_dropped_leaks_are_reported_and_counted(train, held_out, processor, tmp_path):
    report = BadRowReport(tmp_path / "bad.jsonl")
    check = check_leakage([train], [held_out], policy="drop", report=report)
    encoded = encode_source(check.train[0], processor, report=report)
    assert encoded.dataset["row"][:] == [1, 3, 4]
    assert encoded.summary.bad == {"leak": 2, "molecule": 1}
    assert encoded.summary.rows_in == len(TRAIN)
    assert [(bad.row, bad.category) for bad in report.rows()] == [(0, "leak"), (2, "leak"), (5, "molecule")]
    assert "test, row 0" in report.rows()[0].reason


def test_a_warning_keeps_the_rows(train, held_out, caplog, monkeypatch, processor):
    monkeypatch.setattr(logging.getLogger("llamo.data.leakage"), "propagate", True)
    with caplog.at_level(logging.WARNING, logger="llamo.data.leakage"):
        check = check_leakage([train], [held_out], policy="warn")
    assert "2 training rows" in caplog.text
    summary = encode_source(check.train[0], processor).summary
    assert (len(check.train[0].dataset), summary.leaks, summary.bad) == (len(TRAIN), 2, {"molecule": 1})


def test_off_looks_at_nothing(train, held_out):
    assert check_leakage([train], [held_out], policy="off").leaks == []


def test_stereo_counts_on_request(train, held_out):
    check = check_leakage([train], [held_out], policy="drop", ignore_stereo=False)
    assert [leak.row for leak in check.leaks] == [0]


def test_no_leak_passes_by_default():
    check = check_leakage([open_rows(TRAIN[1:2])], [open_rows(HELD_OUT)])
    assert (check.leaks, check.held_out_structures) == ([], 3)


def test_files_can_be_named_directly(tmp_path):
    train = DataSource(write_jsonl(tmp_path / "train.jsonl", TRAIN))
    test = DataSource(write_jsonl(tmp_path / "test.jsonl", HELD_OUT))
    assert len(check_leakage([train, train], [test, test], policy="drop").leaks) == 4


def test_a_source_of_leaks_alone_is_an_error(train):
    with pytest.raises(ValueError, match="every row has a held-out molecule"):
        check_leakage([open_rows(TRAIN[:1])], [train], policy="drop")


def test_a_stream_is_refused_with_the_way_out(tmp_path, held_out):
    source = DataSource(write_jsonl(tmp_path / "train.jsonl", TRAIN), streaming=True)
    with pytest.raises(ValueError, match=r"held_out_structures\(\.\.\) to encode_source"):
        check_leakage([source], [held_out])


def test_a_stream_leaves_held_out_molecules_out_as_they_come(tmp_path, held_out, processor):
    source = DataSource(write_jsonl(tmp_path / "train.jsonl", TRAIN), streaming=True)
    encoded = encode_source(source, processor, held_out=held_out_structures([held_out]))
    assert [example["row"] for example in encoded.dataset] == [1, 3, 4]
    assert encoded.summary.bad == {"leak": 2, "molecule": 1}


def test_an_unknown_policy_is_refused(train, held_out):
    with pytest.raises(ValueError, match="policy must be one of error, drop, warn, off"):
        check_leakage([train], [held_out], policy="ignore")  # type: ignore[arg-type]
