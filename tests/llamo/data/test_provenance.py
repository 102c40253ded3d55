"""The record of what was trained on."""

import hashlib
import json

from datasets import Dataset

from llamo.data import DataSource, check_leakage, encode_rows, encode_source, fingerprint, open_rows
from tests.llamo.data.files import BAD, GOOD, row, write_jsonl


def test_a_file_is_named_with_its_hash_and_counts(tmp_path, processor):
    path = write_jsonl(tmp_path / "rows.jsonl.gz", [GOOD, BAD["molecule"], row("CCCC"), row("N")])
    check = check_leakage([DataSource(path)], [open_rows([row("N")])], policy="drop")
    record = fingerprint([encode_source(check.train[0], processor)])
    (found,) = record["sources"]
    expected = {
        "path": path,
        "split": None,
        "rows_in": 4,
        "rows": 2,
        "bad_rows": {"leak": 1, "molecule": 1},
        "leaks": 1,
        "sha256": hashlib.sha256((tmp_path / "rows.jsonl.gz").read_bytes()).hexdigest(),
    }
    assert {name: found[name] for name in expected} == expected


def test_the_record_is_plain_json_and_the_same_again(tmp_path, processor):
    source = DataSource(
        write_jsonl(tmp_path / "rows.jsonl", [GOOD]), where={"smiles": ("CCO",)}, instruction=("What?",)
    )
    record = fingerprint([encode_source(source, processor)])
    assert json.loads(json.dumps(record)) == record
    assert fingerprint([encode_source(source, processor)]) == record


def test_other_data_has_another_hash(processor, tmp_path):
    hashes = set()
    for number in range(2):
        Dataset.from_list([GOOD | {"output": str(number)}]).save_to_disk(tmp_path / str(number))
        hashes.add(
            fingerprint([encode_source(DataSource(str(tmp_path / str(number)), label="x"), processor)])["sha256"]
        )
        hashes.add(fingerprint([encode_rows([GOOD | {"output": str(number)}], processor)])["sha256"])
    assert len(hashes) == 4


def test_streams_have_the_counts_so_far(processor, tmp_path):
    path = write_jsonl(tmp_path / "rows.jsonl", [GOOD, BAD["molecule"]])
    encoded = encode_source(DataSource(path, streaming=True), processor)
    list(encoded.dataset)
    (found,) = fingerprint([encoded])["sources"]
    assert (found["rows_in"], found["rows"], found["bad_rows"]) == (2, 1, {"molecule": 1})
    assert found["sha256"] == hashlib.sha256((tmp_path / "rows.jsonl").read_bytes()).hexdigest()
