"""Counts of rows."""

from llamo.data import SourceSummary, total

ONE = SourceSummary("a", 10, 7, {"molecule": 2, "schema": 1})
TWO = SourceSummary("b", 5, 4, {"leak": 1}, leaks=1)


def test_a_summary_reads_as_one_line():
    assert str(ONE) == "a: 10 rows in, 7 out, 3 bad (molecule 2, schema 1)"
    assert str(SourceSummary("a", 1, 1)) == "a: 1 rows in, 1 out"


def test_a_total_adds_rows_and_categories():
    assert total([ONE, TWO]) == SourceSummary("all sources", 15, 11, {"leak": 1, "molecule": 2, "schema": 1}, leaks=1)
