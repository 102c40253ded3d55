"""The report: one file that loads nothing, with every text escaped, and the verdicts as JSON."""

import json
import re

from llamo.checking import Turn, check
from llamo.checking.report.page import write_report
from tests.llamo.checking.conversations import aspirin


def test_the_page_shows_findings_with_drawings_and_escapes_texts(tmp_path):
    bad = aspirin(row=4, turns=(Turn("What is the formula?<script>alert(1)</script>", "C9H9O4"),))
    page, data = write_report(check([aspirin(), bad]), tmp_path, title="<b>mine</b>")
    text = page.read_text()
    assert "<script" not in text
    assert "&lt;b&gt;mine" in text
    assert "Chemistry: formula" in text
    assert "expected: C9H8O4" in text
    assert text.count("<svg") >= 2
    assert not re.search(r"(?:src|href)=", text)
    verdicts = json.loads(data.read_text())["verdicts"]
    assert [one["good"] for one in verdicts] == [True, False]
    assert verdicts[1]["findings"][0]["truth"] == "C9H8O4"


def test_the_same_check_gives_the_same_bytes(tmp_path):
    first, _ = write_report(check([aspirin()]), tmp_path / "a", title="x")
    second, _ = write_report(check([aspirin()]), tmp_path / "b", title="x")
    assert first.read_bytes() == second.read_bytes()
