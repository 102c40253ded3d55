"""Rows encoded on access are those encoded beforehand."""

import numpy as np
import pytest

from llamo.data import BadRowReport, RowError, encode_rows
from processors import LlamoDataCollator
from tests.llamo.data.files import BAD, GOOD, row

ROWS = [GOOD, BAD["molecule"], row(["C", "CC"]), BAD["schema"], row(None)]


def test_examples_are_those_encoded_beforehand(processor):
    later = encode_rows(ROWS, processor, on_the_fly=True).dataset
    now = encode_rows(ROWS, processor).dataset
    assert len(later) == len(now) == 3
    for one, other in zip((later[index] for index in range(3)), now, strict=True):
        for name, value in one.items():
            assert np.array_equal(value, other[name]), name


def test_nothing_is_encoded_before_it_is_asked_for(processor, calls):
    dataset = encode_rows(ROWS, processor, on_the_fly=True).dataset
    assert calls == []
    dataset[0]
    assert len(calls) == 1


def test_rows_and_molecules_that_cannot_be_read_are_found_beforehand(processor, tmp_path):
    report = BadRowReport(tmp_path / "bad.jsonl")
    encoded = encode_rows(ROWS, processor, on_the_fly=True, report=report)
    assert encoded.summary.bad == {"molecule": 1, "schema": 1}
    assert [bad.row for bad in report.rows()] == [1, 3]


def test_what_else_is_wrong_raises_with_its_row(processor):
    dataset = encode_rows([GOOD, BAD["too_long"]], processor, on_the_fly=True, max_length=200).dataset
    with pytest.raises(RowError, match=r"^rows, row 1: it has .* tokens, max_length is 200"):
        dataset[1]


def test_the_collator_takes_its_examples(processor):
    dataset = encode_rows(ROWS, processor, on_the_fly=True).dataset
    batch = LlamoDataCollator(processor)([dataset[index] for index in range(len(dataset))])
    assert batch["graph_node_counts"].tolist() == [3, 1, 2]
