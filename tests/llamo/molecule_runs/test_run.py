"""How molecules come in."""

import io
import sys

from llamo.molecule_runs.run import run
from llamo.molecule_runs.source import Source


def test_a_line_of_stdin_that_is_no_utf_8_is_a_row_and_not_the_end(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"CCO\nC\xff\nCCN\n"), encoding="utf-8"))

    def work(rows, share):
        yield [{"row": row.number, "columns": {}, "result": {"smiles": row.text, "error": ""}} for row in rows]

    run(Source(("-",), as_json=True), work, print)
    assert capsys.readouterr().out.count("\n") == 3
