"""Data files that are damaged, special, or larger than they look: one line says which, and no row shifts or is lost."""

import gzip
import json
import os

import pyarrow as pa
import pytest
from datasets import Dataset
from pyarrow import parquet

from llamo.data import open_source
from llamo.data.provenance import _hash_path
from llamo.data.reading import check_readable, open_table
from llamo.data.sources import DataSource
from llamo.evaluation.predictions_file import read_predictions
from llamo.molecule_files import reading
from llamo.molecule_files.reading import read_file
from processors.retrieval import FILE, CaptionIndex

ROWS = [
    {"smiles": "C" * (1 + number % 30), "instruction": f"question {number}", "output": f"answer {number}"}
    for number in range(3000)
]
JSON_LINES = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
CSV = b"smiles,instruction,output\n" + b"".join(b"%s,q,%d\n" % (b"C" * (1 + n % 30), n) for n in range(3000))


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]


def packed_halves() -> dict[str, bytes]:
    lines, table = gzip.compress(JSON_LINES), gzip.compress(CSV)
    return {
        "cut.jsonl.gz": lines[: len(lines) // 2],
        "flip.jsonl.gz": flipped(lines, len(lines) // 2),
        "no-gzip.jsonl.gz": JSON_LINES,
        "cut.csv.gz": table[: len(table) // 2],
        "utf16.csv": CSV.decode().encode("utf-16"),
        "deep.json": b"[" * 100_000,
        "cut.json": b"[" + JSON_LINES.replace(b"\n", b",")[:5000],
    }


def parquets() -> dict[str, bytes]:
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.Table.from_pylist(ROWS), sink, row_group_size=500)
    data = sink.getvalue().to_pybytes()
    return {
        "cut.parquet": data[: len(data) // 2],
        "flip.parquet": flipped(data, len(data) // 2),
        "footer.parquet": flipped(data, len(data) - 200),
        "empty.parquet": b"",
    }


BROKEN = {**packed_halves(), **parquets()}


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_however_it_is_read(name, streaming, tmp_path):
    (tmp_path / name).write_bytes(BROKEN[name])
    with pytest.raises(ValueError, match=name):
        check_readable(DataSource(str(tmp_path / name), streaming=streaming))


@pytest.mark.parametrize("name", BROKEN)
def test_molecules_come_in_order_up_to_where_their_file_breaks(name, tmp_path):
    (tmp_path / name).write_bytes(BROKEN[name])
    rows = []
    with pytest.raises(ValueError, match=name):
        rows.extend(read_file(tmp_path / name))
    assert [row.number for row in rows] == list(range(len(rows)))
    if not name.startswith("flip"):
        assert [row.text for row in rows] == ["C" * (1 + number % 30) for number in range(len(rows))]


def test_a_stream_that_breaks_says_so_where_its_reader_meets_it(tmp_path):
    (tmp_path / "flip.parquet").write_bytes(BROKEN["flip.parquet"])
    with pytest.raises(ValueError, match=r"flip.parquet: cannot be read.*(copy it again|check the file)"):
        check_readable(DataSource(str(tmp_path / "flip.parquet"), streaming=True))


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl", "rows.parquet", "rows.smi", "rows.sdf"])
@pytest.mark.parametrize(
    "make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)], ids=["pipe", "folder", "device"]
)
def test_what_is_no_file_is_refused_at_once(name, make, tmp_path):
    make(tmp_path / name)
    with pytest.raises(ValueError, match=name):
        list(read_file(tmp_path / name))
    with pytest.raises(ValueError, match=name):
        open_source(DataSource(str(tmp_path / name)))


def test_a_link_to_itself_is_refused(tmp_path):
    (tmp_path / "rows.csv").symlink_to("rows.csv")
    with pytest.raises(ValueError, match="no such file"):
        open_source(DataSource(str(tmp_path / "rows.csv")))


def test_a_row_that_nests_too_deep_is_a_bad_row_and_the_next_keeps_its_number(tmp_path):
    (tmp_path / "rows.jsonl").write_text("[" * 100_000 + '\n{"smiles": "CC"}\n')
    rows = list(read_file(tmp_path / "rows.jsonl"))
    assert [(row.number, row.text, bool(row.error)) for row in rows] == [(0, "", True), (1, "CC", False)]


@pytest.mark.parametrize("ending", ["smi", "sdf", "jsonl"])
def test_a_packed_row_without_an_end_is_a_bad_row_of_bounded_size(ending, tmp_path, monkeypatch):
    monkeypatch.setattr("llamo.text_lines.LONGEST", 1000)
    monkeypatch.setattr(reading, "LONGEST", 1000)
    good = {"smi": "CC\n", "sdf": "a\n\n\n  0  0\nM  END\n$$$$\n", "jsonl": '{"smiles": "CC"}\n'}[ending]
    end = "\n$$$$\n" if ending == "sdf" else "\n"
    path = tmp_path / f"rows.{ending}.gz"
    path.write_bytes(gzip.compress((good + "C\n" * 5000 * (ending == "sdf") + "C" * 10**6 + end + good).encode()))
    rows = list(read_file(path))
    assert [bool(row.error) for row in rows] == [False, True, False]
    assert [row.number for row in rows] == [0, 1, 2]


@pytest.mark.parametrize("streaming", [False, True])
def test_what_unpacks_to_fill_memory_or_disk_is_refused(streaming, tmp_path, monkeypatch):
    (tmp_path / "line.csv.gz").write_bytes(gzip.compress(b"smiles\n" + b"C" * 2**21 + b"\nCC\n"))
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress(b"smiles\n" + b"CC\n" * 10**6))
    column = pa.array(["CC"]).dictionary_encode().take(pa.array([0] * 2 * 10**6))
    parquet.write_table(pa.table({"smiles": column}), tmp_path / "rows.parquet")
    monkeypatch.setattr("llamo.data.unpacking.LONGEST", 10**5)
    monkeypatch.setattr("llamo.data.unpacking._BYTES", 3 * 10**6)
    for name, told in {"line.csv.gz": "a line of more", "rows.csv.gz": "unpack to", "rows.parquet": "rows"}.items():
        with pytest.raises(ValueError, match=rf"{name}: .*{told}"):
            list(open_table(DataSource(str(tmp_path / name), streaming=streaming)))
        if name.endswith(".csv.gz"):
            with pytest.raises(ValueError, match=told):
                list(read_file(tmp_path / name))


def test_a_header_that_is_wrong_is_shown_in_part(tmp_path):
    (tmp_path / "rows.csv").write_text(",".join(["name"] * 5000) + "\nCC\n")
    with pytest.raises(ValueError, match="must name each column once") as caught:
        open_source(DataSource(str(tmp_path / "rows.csv")))
    assert len(str(caught.value)) < 600


def test_a_json_list_may_be_one_long_line(tmp_path, monkeypatch):
    monkeypatch.setattr("llamo.data.unpacking.LONGEST", 1000)
    (tmp_path / "rows.json.gz").write_bytes(gzip.compress(json.dumps(ROWS).encode()))
    assert len(list(open_table(DataSource(str(tmp_path / "rows.json.gz"))))) == len(ROWS)


def test_lines_of_a_stream_of_molecules_are_those_of_the_file(tmp_path):
    (tmp_path / "rows.jsonl").write_bytes(JSON_LINES[:2000] + b"\n\n" + JSON_LINES[2000:])
    passed, read = (list(open_table(DataSource(str(tmp_path / "rows.jsonl"), streaming=s))) for s in (True, False))
    assert passed == read


@pytest.mark.parametrize("name", ["cut.jsonl.gz", "no-gzip.jsonl.gz"])
def test_a_broken_file_of_predictions_is_named(name, tmp_path):
    (tmp_path / name).write_bytes(BROKEN[name])
    with pytest.raises(ValueError, match=f"{name}"):
        read_predictions(tmp_path / name)


def test_a_saved_folder_that_is_damaged_is_named(tmp_path):
    Dataset.from_list(ROWS[:50]).save_to_disk(tmp_path / "saved")
    shard = next((tmp_path / "saved").glob("*.arrow"))
    shard.write_bytes(shard.read_bytes()[:300])
    with pytest.raises(ValueError, match="saved"):
        open_source(DataSource(str(tmp_path / "saved")))


def test_a_hash_of_a_folder_waits_for_no_pipe_and_follows_no_loop(tmp_path):
    Dataset.from_list(ROWS[:5]).save_to_disk(tmp_path / "saved")
    before = _hash_path(tmp_path / "saved")
    os.mkfifo(tmp_path / "saved" / "pipe.arrow")
    (tmp_path / "saved" / "loop").symlink_to(tmp_path / "saved")
    assert _hash_path(tmp_path / "saved") == before


@pytest.mark.parametrize(
    "content",
    [b"", b"text", gzip.compress(b"[]\n"), gzip.compress(b'{"smiles": "C"'), None],
    ids=["empty", "text", "list", "cut", "gone"],
)
def test_an_index_of_captions_that_is_damaged_is_named(content, tmp_path):
    CaptionIndex(["CC", "CO"], ["ethane", "methanol"]).save(tmp_path)
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[:30] if content is None else content)
    with pytest.raises(ValueError, match=f"{FILE} is no index of captions"):
        CaptionIndex.from_pretrained(tmp_path)
