"""How one row of an opened source is read."""

import pytest

from llamo.data import DataSource, RowError
from llamo.data.rows import RowReader, records


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
