"""docs/data.md says what the code does."""

import json
import re

import pytest

from llamo.data import encode_rows, to_messages
from tests.llamo.data.files import row, write_csv, write_jsonl
from tests.paths import REPOSITORY

TEXT = (REPOSITORY / "docs" / "data.md").read_text(encoding="utf-8")
ROWS = [json.loads(line) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_rows_shown_follow_the_schema(number):
    assert to_messages(ROWS[number])[-1]["role"] == "assistant"


def test_rows_shown_may_stand_in_one_file(processor):
    assert encode_rows(ROWS, processor).summary.rows_out == len(ROWS) == 6


def test_code_shown_runs(processor, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    processor.save_pretrained("llamo-model")
    rows = [{"SMILES": "C" * size, "description": "An alkane.", "split": "train"} for size in range(1, 5)]
    write_csv(tmp_path / "captions.csv", [*rows, rows[0] | {"SMILES": "C1"}])
    write_csv(tmp_path / "test.csv", rows[:1])
    write_jsonl(tmp_path / "chats.jsonl", [row("N")])
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict = {}
    exec(code.replace("path/to/a/llamo", "llamo-model"), names)
    assert capsys.readouterr().out == "all sources: 6 rows in, 4 out, 2 bad (leak 1, molecule 1)\n"
    assert len(names["train_dataset"]) == 3 * 2 + 1
    assert names["collate"]([names["train_dataset"][0]])["labels"].shape[0] == 1
