"""What a kill leaves is gone on with."""

import pytest

from llamo.molecule_runs.partial import PartialFile
from llamo.molecule_runs.share import Share

RECORDS = [{"row": number, "columns": {}, "result": {}} for number in range(3)]


@pytest.fixture
def partial(tmp_path):
    made = PartialFile(tmp_path / "out.csv", Share(), {"question": "?"})
    assert made.resume() == 0
    made.add(RECORDS)
    return made


def test_a_run_goes_on_behind_its_last_row(partial):
    assert partial.resume() == 3 and list(partial.records()) == RECORDS and not partial.is_complete


def test_a_line_that_was_cut_off_is_dropped(partial):
    content = partial.path.read_bytes()
    partial.path.write_bytes(content[:-5])
    assert partial.resume() == 2
    partial.add(RECORDS[2:])
    assert partial.path.read_bytes() == content


def test_a_first_line_that_was_cut_off_is_written_again(partial):
    partial.path.write_bytes(b'{"ques')
    assert partial.resume() == 0
    partial.add(RECORDS)
    assert partial.resume() == 3 and list(partial.records()) == RECORDS


def test_all_rows_are_there_once_it_is_said(partial):
    partial.complete()
    assert partial.is_complete and list(partial.records()) == RECORDS


def test_a_file_of_another_run_is_refused(partial, tmp_path):
    partial.complete()
    other = PartialFile(tmp_path / "out.csv", Share(), {"question": "!"})
    assert not other.is_complete
    with pytest.raises(ValueError, match="another question; repeat that command, or begin anew with --overwrite"):
        other.resume()
