"""Lines of files that are whole, cut off, damaged, or have no end."""

import gzip

import pytest

from llamo import text_lines as module
from llamo.text_lines import text_lines, whole_text

LINES = [f"line {number}\n" for number in range(2000)]


@pytest.fixture(params=["lines.txt", "lines.txt.gz"])
def path(request, tmp_path):
    path = tmp_path / request.param
    data = "".join(LINES).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def test_all_lines_come_as_they_are(path):
    assert list(text_lines(path)) == LINES
    assert whole_text(path, most=10**6) == "".join(LINES)


def test_a_line_without_an_end_is_cut_and_the_next_one_comes(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LONGEST", 10)
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"a" * 1000 + b"\nb\n" + b"c" * 10 + b"\n"))
    assert list(text_lines(tmp_path / "a.gz")) == ["a" * 11, "b\n", "c" * 10 + "\n"]


def test_a_text_that_is_too_long_is_refused_with_the_way_out(path):
    with pytest.raises(ValueError, match="more than 100 characters; write it as"):
        whole_text(path, most=100)


@pytest.mark.parametrize("change", ["cut", "flip", "no gzip"])
def test_a_damaged_file_is_named_with_the_last_line_that_could_be_read(tmp_path, change):
    path, data = tmp_path / "lines.gz", gzip.compress("".join(LINES).encode())
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 0x55]) + data[middle + 1 :]
    path.write_bytes({"cut": data[:middle], "flip": flipped, "no gzip": b"text"}[change])
    read = []
    with pytest.raises(ValueError, match=r"lines.gz: cannot be read.*the file is damaged, copy it again") as told:
        read.extend(text_lines(path))
    with pytest.raises(ValueError, match=r"lines.gz: cannot be read.*the file is damaged"):
        whole_text(path, most=10**6)
    assert (f"after line {len(read)}:" in str(told.value)) or not read
