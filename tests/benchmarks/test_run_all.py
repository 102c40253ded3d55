"""The tables of all benchmarks: complete, honest about missed targets, and put between the marks only."""

import json

import pytest

from benchmarks.run_all import BEGIN, DOCUMENT, END, NAMES, put_tables, read_results, tables
from tests.paths import REPOSITORY

MACHINE = {"cpu": "A|B", "cores": "2", "threads": "1", "python": "3.11", "torch": "2.13"}
LINES = [
    {"what": "fast", "ratio": 0.51234, "target": 1, "at_least": False, "met": True, "note": ""},
    {"what": "slow", "ratio": 3, "target": 5, "at_least": True, "met": False, "note": "a|b"},
    {"what": "just over", "ratio": 1.0321, "target": 1.03, "at_least": False, "met": False, "note": ""},
    {"what": "for information", "ratio": 1234, "target": None, "at_least": False, "met": None, "note": ""},
]


def test_a_table_has_every_line_with_target_and_verdict():
    rows = tables({"x": {"machine": MACHINE, "lines": LINES}}).splitlines()
    assert "| fast | 0.512 | ≤ 1 | met |  |" in rows
    assert "| slow | 3 | ≥ 5 | **missed** | a/b |" in rows
    assert "| just over | 1.032 | ≤ 1.03 | **missed** |  |" in rows
    assert "| for information | 1,234 |  |  |  |" in rows
    assert rows[-1] == "`python benchmarks/x.py`; A|B, 1 thread of 2 cores, Python 3.11, torch 2.13."


def test_results_come_in_the_order_of_the_benchmarks(tmp_path):
    for name in ("scale", "imports", "unknown"):
        (tmp_path / f"{name}.json").write_text(json.dumps({"machine": MACHINE, "lines": []}))
    assert list(read_results(tmp_path)) == ["imports", "scale"]


def test_only_what_stands_between_the_marks_is_replaced():
    document = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert put_tables(document, "new") == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"


@pytest.mark.parametrize("document", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_document_without_its_marks_is_left_alone(document):
    with pytest.raises(ValueError, match="expected"):
        put_tables(document, "new")


def test_the_published_document_has_its_marks():
    assert put_tables(DOCUMENT.read_text(encoding="utf-8"), "new")


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_is_there_and_can_be_quick(name):
    assert '"--quick"' in (REPOSITORY / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
