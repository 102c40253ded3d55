"""Explanations of whole files: a page per row, errors in their rows, a killed run that goes on."""

import json

import pytest

from llamo.explain import explain
from llamo.explain.rows import Request, explain_rows
from tests.llamo.explain.questions import assistant

QUICK = {"answer": "x", "attention": False}


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("model")
    assistant().model.save_pretrained(folder)
    assistant().processor.save_pretrained(folder)
    return str(folder)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("id,smiles\n7,CCO\n8,C1CC\n9,caffeine\n")
    return path


def rows_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_row_has_a_page_or_an_error(model, table, tmp_path):
    output = tmp_path / "explanations.jsonl"
    explain_rows(Request(input=table, output=output, model=model, options=QUICK))
    rows = rows_of(output)
    assert [(row["row"], row["id"], row["page"]) for row in rows] == [
        (0, "7", "row-0/explanation.html"),
        (1, "8", ""),
        (2, "9", "row-2/explanation.html"),
    ]
    assert "cannot read molecule 'C1CC'" in rows[1]["error"] and not rows[0]["error"]
    assert all((tmp_path / row["page"]).is_file() for row in rows if row["page"])
    assert not (tmp_path / "row-1").exists()


def test_what_is_printed_is_what_explain_gives_for_each_alone(model, capsys):
    explain_rows(Request(("-",), as_json=True, model=model, options=QUICK), lines=["CCO\n", "CCN\n"])
    printed = [json.loads(line)["explanation"] for line in capsys.readouterr().out.splitlines()]
    for found, smiles in zip(printed, ("CCO", "CCN"), strict=True):
        alone = explain(assistant(), smiles, **QUICK).to_dict()
        assert found["molecules"][0]["smiles"] == smiles
        assert found["log_probability"] == pytest.approx(alone["log_probability"], abs=1e-4)


def test_a_run_that_was_stopped_goes_on(model, table, tmp_path, monkeypatch):
    output = tmp_path / "explanations.jsonl"
    request = Request(input=table, output=output, model=model, options=QUICK)

    def stopped(assistant, smiles, *args, **options):
        if smiles != "CCO":
            raise KeyboardInterrupt
        return explain(assistant, smiles, *args, **options)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("llamo.explain.rows.explain", stopped)
        explain_rows(request)
    first = (tmp_path / "row-0" / "explanation.html").stat().st_mtime_ns
    explain_rows(request)
    assert [row["row"] for row in rows_of(output)] == [0, 1, 2]
    assert (tmp_path / "row-0" / "explanation.html").stat().st_mtime_ns == first


def test_a_molecule_too_large_for_the_memory_costs_its_row_alone(model, tmp_path, monkeypatch):
    def full(assistant, smiles, *args, **options):
        if smiles == "CCC":
            raise RuntimeError("CUDA out of memory")
        return explain(assistant, smiles, *args, **options)

    monkeypatch.setattr("llamo.explain.rows.explain", full)
    output = tmp_path / "explanations.jsonl"
    explain_rows(Request(("CCC", "CCO"), output=output, model=model, options=QUICK))
    assert ["out of memory" in row["error"] for row in rows_of(output)] == [True, False]


def test_many_explanations_are_no_table():
    with pytest.raises(ValueError, match="give --output FOLDER, or --json"):
        Request(("-",))
