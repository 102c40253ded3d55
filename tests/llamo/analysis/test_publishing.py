"""Findings in files."""

from pathlib import Path

import pytest

from llamo.analysis.finding import Figure, Finding, Table
from llamo.analysis.publishing import document, read, write

FINDING = Finding(
    "over-smoothing",
    "Do layers smooth?",
    "Figure 2: they do.",
    "contradicts",
    "Measured on <3> molecules.",
    "llamo analyze over-smoothing",
    figures=(Figure("<svg xmlns='http://www.w3.org/2000/svg'/>", "one"), Figure("<svg/>", "two")),
    tables=(Table(("depth", "distance"), (("2", "0.1"),), "numbers"),),
    caveats=("small",),
    numbers={"distance": [0.1]},
)


def test_what_is_written_is_read_back(tmp_path: Path):
    write([FINDING], tmp_path)
    assert read(tmp_path) == [FINDING]


def test_each_figure_is_a_file(tmp_path: Path):
    write([FINDING], tmp_path)
    assert (tmp_path / "over-smoothing.svg").read_text() == FINDING.figures[0].svg
    assert (tmp_path / "over-smoothing-2.svg").read_text() == "<svg/>"


def test_the_page_escapes_text_and_loads_nothing(tmp_path: Path):
    write([FINDING], tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert "&lt;3&gt;" in page
    assert "default-src 'none'" in page
    assert "http://" not in page and "https://" not in page


def test_a_folder_without_findings_is_named(tmp_path: Path):
    with pytest.raises(ValueError, match=r"findings\.json is missing"):
        read(tmp_path)


def test_the_document_has_every_finding_with_verdict_command_and_figure(tmp_path: Path):
    document([FINDING], tmp_path / "analysis.md", tmp_path / "analysis")
    text = (tmp_path / "analysis.md").read_text()
    assert "**What was measured contradicts the claim.**" in text
    assert "](analysis/over-smoothing.svg)" in text and "](analysis/over-smoothing-2.svg)" in text
    assert "| 2 | 0.1 |" in text
    assert "llamo analyze over-smoothing" in text
    assert "[Do layers smooth?](#do-layers-smooth)" in text
    assert (tmp_path / "analysis" / "over-smoothing-2.svg").is_file()


def test_two_findings_of_one_name_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="two findings are called over-smoothing"):
        document([FINDING, FINDING], tmp_path / "analysis.md", tmp_path / "analysis")
