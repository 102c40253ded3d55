"""Bad rows on file."""

import json
import pickle

from llamo.data import BadRow, BadRowReport

ROW = BadRow("file", 3, "'C1'", "an open ring", "close it", "molecule")


def test_each_bad_row_is_one_json_line_with_all_that_is_known(tmp_path):
    report = BadRowReport(tmp_path / "new" / "bad.jsonl")
    report.add([ROW, ROW])
    lines = [json.loads(line) for line in report.path.read_text().splitlines()]
    assert lines[0] == {
        "source": "file",
        "row": 3,
        "value": "'C1'",
        "reason": "an open ring",
        "remedy": "close it",
        "category": "molecule",
    }
    assert len(lines) == 2


def test_a_row_met_in_several_epochs_counts_once(tmp_path):
    report = BadRowReport(tmp_path / "bad.jsonl")
    report.add_streamed([ROW])
    report.add_streamed([ROW])
    assert report.rows() == [ROW]


def test_streamed_rows_go_to_the_file_of_their_process(tmp_path, monkeypatch):
    monkeypatch.setenv("RANK", "2")
    report = BadRowReport(tmp_path / "bad.jsonl")
    report.add_streamed([ROW])
    assert [path.name for path in report.parts()] == ["bad.rank2-worker0.jsonl"]


def test_a_new_report_forgets_an_earlier_run(tmp_path):
    report = BadRowReport(tmp_path / "bad.jsonl")
    report.add([ROW])
    report.add_streamed([ROW])
    report.tally("file", 5)
    again = BadRowReport(tmp_path / "bad.jsonl")
    assert (again.rows(), again.seen("file"), again.parts()) == ([], 0, [])


def test_a_copy_in_another_process_appends(tmp_path):
    report = BadRowReport(tmp_path / "bad.jsonl")
    report.add([ROW])
    pickle.loads(pickle.dumps(report)).add([ROW])
    assert len(report.path.read_text().splitlines()) == 2


def test_rows_seen_never_go_down(tmp_path):
    report = BadRowReport(tmp_path / "bad.jsonl")
    for seen in (16, 20, 16):
        report.tally("file", seen)
    assert report.seen("file") == 20


def test_without_a_path_it_has_its_own_folder():
    assert BadRowReport().path.parent != BadRowReport().path.parent
