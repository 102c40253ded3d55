"""The code in docs/evaluation.md runs, and the files that the documents name are there."""

import re

import pytest

from tests.paths import REPOSITORY

DOCUMENTS = sorted((REPOSITORY / "docs").glob("*.md"))


def test_the_code_runs(capsys):
    text = (REPOSITORY / "docs" / "evaluation.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(compile(block, "evaluation.md", "exec"), {})
    assert "'mae': 0.233" in capsys.readouterr().out  # (0.00 + 0.36 + 0.34) / 3


@pytest.mark.parametrize("path", [REPOSITORY / "README.md", *DOCUMENTS], ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#:\s]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []
