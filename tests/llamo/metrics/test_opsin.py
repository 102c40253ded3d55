"""OPSIN: one run for all names, whatever is in them, and clear words where it is missing."""

import contextlib
import io
import subprocess

import pytest

from llamo.metrics import opsin
from llamo.metrics.opsin import Opsin

GREEK = "\N{GREEK SMALL LETTER ALPHA}-D-glucopyranose"


@pytest.fixture(scope="module")
def program() -> Opsin:
    try:
        return Opsin.find()
    except ValueError as error:
        pytest.skip(str(error))


def test_names_are_read_and_unreadable_ones_left_out(program):
    found = program.read(["ethanol", "gibberish", "acetic acid", "", GREEK])
    assert (found["ethanol"], found["acetic acid"]) == ("C(C)O", "C(C)(=O)O")
    assert list(found) == ["ethanol", "acetic acid", GREEK]


def test_no_name_shifts_the_others(program):
    odd = ["eth\nanol", "methane\r\n", "\n", "propane\tbutane", "\u2028", "\x00", "\ud800", "-h", "x" * 3000]
    found = program.read([text for name in odd for text in (name, "benzene", "water")])
    assert (found["benzene"], found["water"]) == ("C1=CC=CC=C1", "O")
    assert found["methane\r\n"] == "C"
    assert not set(found) & {"\n", "\u2028", "\x00", "\ud800", "-h", "x" * 3000}


def test_one_run_reads_all_names_and_each_once(monkeypatch, tmp_path):
    asked = []
    done = subprocess.CompletedProcess([], 0, stdout=b"CCO\n\n", stderr=b"")
    monkeypatch.setattr(opsin.subprocess, "run", lambda *args, **options: asked.append(options["input"]) or done)
    names = ["ethanol", "x", "ethanol", "ethanol\n"]
    assert Opsin("java", tmp_path / "opsin.jar").read(names) == {"ethanol": "CCO", "ethanol\n": "CCO"}
    assert asked == [b"ethanol\nx\n"]


def test_no_names_need_no_run(monkeypatch, tmp_path):
    monkeypatch.setattr(opsin.subprocess, "run", None)
    assert Opsin("java", tmp_path / "opsin.jar").read(["", " \n"]) == {}


def test_it_leaves_no_file_and_bears_captured_output(program, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        assert program.read(["ethanol"])
    assert list(tmp_path.iterdir()) == []


def test_the_version_is_that_of_the_file(tmp_path):
    assert Opsin("java", tmp_path / "opsin-cli-2.9.0-jar-with-dependencies.jar").version == "2.9.0"


def test_a_missing_java_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setattr(opsin.shutil, "which", lambda name: None)
    with pytest.raises(ValueError, match="there is no `java`; install a Java runtime"):
        Opsin.find()


def test_a_missing_opsin_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setattr(opsin.shutil, "which", lambda name: "java")
    monkeypatch.setattr(opsin, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"OPSIN is missing; install it by `pip install llamo\[opsin\]`"):
        Opsin.find()


def test_a_run_that_breaks_off_is_an_error(monkeypatch, tmp_path):
    broken = subprocess.CompletedProcess([], 1, stdout=b"CCO\n", stderr=b"out of\nmemory")
    monkeypatch.setattr(opsin.subprocess, "run", lambda *args, **options: broken)
    with pytest.raises(RuntimeError, match=r"OPSIN gave 1 lines for 2 names \(exit 1\): out of memory"):
        Opsin("java", tmp_path / "opsin.jar").read(["ethanol", "methane"])
