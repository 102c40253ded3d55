"""How one row of an opened source is read."""

import pytest

from llamo.data import DataSource, RowError
from llamo.data.rows import RowReader, parse_json, records


@pytest.mark.parametrize(("line", "message"), [("{broken", "is no JSON"), ("[1]", "is no JSON object")])
def test_broken_lines_are_named_with_their_row(line, message):
    with pytest.raises(RowError, match=f"^file, row 4: the line {message}"):
        RowReader("file").messages({"json": line, "row": 4})


def test_a_reader_follows_the_settings_of_its_source():
    source = DataSource("a.csv", columns={"output": "text"}, instruction=["What?"], undo_doubled_backslashes=True)
    made = RowReader.of(source).messages({"smiles": "C\\\\C", "text": "x", "row": 0})
    assert made[0]["content"] == [{"type": "molecule", "smiles": "C\\C"}, {"type": "text", "text": "What?"}]


def test_a_batch_of_columns_is_a_list_of_rows():
    assert records({"a": [1, 2], "b": [3, 4]}) == [{"a": 1, "b": 3}, {"a": 2, "b": 4}]


@pytest.mark.parametrize("line", ['{"a": "\\ud800"}', '{"\\uDC00": 1}', '["\\ud83d"]', '{"a": "\ud800"}'])
def test_half_of_a_surrogate_pair_is_named_with_its_row(line):
    with pytest.raises(RowError, match=r"^file, row 4: the line has '\\ud.*half of a surrogate pair"):
        RowReader("file").messages({"json": line, "row": 4})


def test_a_whole_surrogate_pair_is_a_letter():
    assert parse_json('{"a": "\\ud83e\\uddea"}') == {"a": "\U0001f9ea"}


def test_brackets_beyond_any_data_are_named_with_their_row():
    with pytest.raises(RowError, match="file, row 4: the line is no JSON"):
        RowReader("file").messages({"json": "[" * 100_000, "row": 4})
