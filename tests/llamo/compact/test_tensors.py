"""Rows as tensors: what goes in comes out, molecules are kept once, and files stay small."""

import numpy as np
import pytest

from llamo.compact import tensors
from processors import LlamoProcessor
from tests.text import byte_tokenizer

KEYS = [["OCC"], ["c1ccccc1O"], [], ["OCC"], ["OCC", "C"]]


def examples() -> list[dict]:
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer(), include_smiles=False)
    made = []
    for number, molecules in enumerate(KEYS):
        parts = [{"type": "molecule", "smiles": one} for one in molecules]
        question = {"role": "user", "content": [*parts, {"type": "text", "text": f"Question {number}?"}]}
        made.append(processor.encode_conversation([question, {"role": "assistant", "content": f"Answer {number}."}]))
    return made


@pytest.fixture
def rows() -> tensors.TensorRows:
    return tensors.from_examples(examples(), ["b", "a", "c", "b", "b"], KEYS)


def check(rows: tensors.TensorRows):
    for row, expected in zip((rows[number] for number in range(len(rows))), examples(), strict=True):
        assert row.keys() == expected.keys()
        for name, value in expected.items():
            np.testing.assert_array_equal(row[name], np.asarray(value), err_msg=name)


def test_rows_are_the_examples(rows):
    check(rows)


def test_molecules_are_kept_once(rows):
    assert len(rows.graphs["node_ids"]) == 3


def test_kinds_and_lengths(rows):
    assert [rows.names[kind] for kind in rows.kinds] == ["b", "a", "c", "b", "b"]
    assert rows.lengths.tolist() == [len(example["input_ids"]) for example in examples()]


@pytest.mark.parametrize("file_bytes", [100, 1000, tensors.FILE_BYTES])
def test_files_give_the_rows_back_and_are_small(rows, tmp_path, monkeypatch, file_bytes):
    monkeypatch.setattr(tensors, "FILE_BYTES", file_bytes)
    tensors.save(rows, tmp_path)
    check(tensors.load(tmp_path))
    paths = list(tmp_path.iterdir())
    assert (len(paths) > 1) == (file_bytes < 2**20)
    assert all(path.stat().st_size < file_bytes + 8000 for path in paths)  # besides the head of a file


def test_a_folder_without_rows_is_named(tmp_path):
    with pytest.raises(ValueError, match="prepare the data first"):
        tensors.load(tmp_path)
