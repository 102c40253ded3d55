"""Whole sources are encoded once, and every bad row is on record."""

import json

import pytest
import torch

from llamo.data import BadRowReport, DataSource, RowError, encode_rows, encode_source
from processors import LlamoDataCollator
from tests.llamo.data.files import BAD, GOOD, row, write_csv, write_jsonl

ROWS = [GOOD, *BAD.values(), row(["C", "CC"], "Two."), row(None, "None.")]
LIMIT = 200


def test_good_rows_pass_and_bad_rows_are_reported_and_counted(processor, tmp_path):
    report = BadRowReport(tmp_path / "bad.jsonl")
    encoded = encode_rows(ROWS, processor, max_length=LIMIT, report=report)
    assert encoded.dataset["row"][:] == [0, 6, 7]
    assert (encoded.summary.rows_in, encoded.summary.rows_out) == (len(ROWS), 3)
    assert encoded.summary.bad == dict.fromkeys(sorted(BAD), 1)
    lines = [json.loads(line) for line in report.path.read_text().splitlines()]
    assert [(line["row"], line["category"]) for line in lines] == list(enumerate(BAD, start=1))


def test_bad_rows_are_an_error_on_request(processor):
    with pytest.raises(RowError, match=r"^rows, row 1: .*unclosed ring"):
        encode_rows(ROWS, processor, max_length=LIMIT, on_bad_row="error")


def test_a_batch_of_encoded_rows_is_the_batch_of_their_conversations(processor):
    rows = [GOOD, row(["C", "CCN"], "Two."), row(None, "None.")]
    encoded = encode_rows(rows, processor)
    messages = [
        [
            {
                "role": "user",
                "content": [
                    *({"type": "molecule", "smiles": one} for one in smiles),
                    {"type": "text", "text": "What is it?"},
                ],
            },
            {"role": "assistant", "content": answer},
        ]
        for smiles, answer in ((["CCO"], "Ethanol."), (["C", "CCN"], "Two."), ([], "None."))
    ]
    collate = LlamoDataCollator(processor)
    found = collate(list(encoded.dataset))
    expected = collate([{"messages": one} for one in messages])
    assert set(found) == set(expected)
    for name in expected:
        assert found[name].dtype == expected[name].dtype
        assert torch.equal(found[name], expected[name]), name


def test_a_second_call_asks_the_processor_nothing(processor, tmp_path, calls):
    source = DataSource(write_csv(tmp_path / "rows.csv", [GOOD, BAD["molecule"]]))
    first = encode_source(source, processor)
    count = len(calls)
    again = encode_source(source, processor)
    assert count == 2
    assert len(calls) == count
    assert list(again.dataset) == list(first.dataset)
    assert again.bad_rows == first.bad_rows


@pytest.mark.parametrize("change", ["max_length", "processor", "seed", "rows", "overwrite"])
def test_other_settings_or_rows_are_encoded_anew(processor, tmp_path, calls, change):
    path = tmp_path / "rows.csv"
    source = DataSource(write_csv(path, [GOOD]), instruction=["What?", "Why?"])
    encode_source(source, processor)
    calls.clear()
    options = {"max_length": {"max_length": 100}, "seed": {"seed": 1}, "overwrite": {"overwrite_cache": True}}
    if change == "processor":
        processor.include_smiles = False
    elif change == "rows":
        write_csv(path, [GOOD | {"output": "Alcohol."}])
    encoded = encode_source(source, processor, **options.get(change, {}))
    assert len(calls) == 1
    assert encoded.summary.rows_out == 1


def test_several_processes_give_the_same(processor, tmp_path):
    rows = [*ROWS, *(row("C" * size) for size in range(1, 9))]
    source = DataSource(write_jsonl(tmp_path / "rows.jsonl", rows))
    one = encode_source(source, processor, max_length=LIMIT, cache_dir=tmp_path / "one")
    two = encode_source(source, processor, max_length=LIMIT, cache_dir=tmp_path / "two", num_proc=2)
    assert list(one.dataset) == list(two.dataset)
    assert one.bad_rows == two.bad_rows


def test_the_cache_folder_can_be_chosen(processor, tmp_path):
    encode_rows([GOOD], processor, cache_dir=tmp_path / "mine")
    assert len(list((tmp_path / "mine").glob("*.arrow"))) == 1


@pytest.mark.parametrize("streaming", [False, True])
def test_settings_that_contradict_each_other_are_refused(processor, tmp_path, streaming):
    source = DataSource(write_jsonl(tmp_path / "rows.jsonl", [GOOD]), streaming=streaming)
    contradiction = {"on_the_fly": True} if streaming else {"held_out": frozenset({"C"})}
    with pytest.raises(ValueError, match=r"a stream is encoded as it comes|held_out is for streams"):
        encode_source(source, processor, **contradiction)
    with pytest.raises(ValueError, match="on_bad_row must be"):
        encode_source(source, processor, on_bad_row="skip")  # type: ignore[arg-type]
