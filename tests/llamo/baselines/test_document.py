"""The code in docs/baselines.md runs as it stands."""

import re

from tests.paths import REPOSITORY

TEXT = (REPOSITORY / "docs" / "baselines.md").read_text(encoding="utf-8")


def test_code_shown_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec("\n".join(re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)), {})
    retrieval, endpoint = capsys.readouterr().out.splitlines()
    assert retrieval.startswith("[('0.86', 'training row 1 (similarity ")
    assert endpoint.startswith("my-model, 2-shot, majority of 5 ")
