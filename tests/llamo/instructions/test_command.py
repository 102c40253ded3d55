"""The two commands, as they are typed."""

import json

import pytest
from typer.testing import CliRunner

from llamo.cli import app
from llamo.instructions.command import Request, build_instructions

TABLE = """smiles,text,name
CCO,The molecule is a primary alcohol. It has a role as a solvent.,ethanol
CC(=O)O,The molecule is a simple carboxylic acid. It is a conjugate acid of an acetate.,acetic acid
c1ccccc1,The molecule is an aromatic annulene. It has a role as a carcinogenic agent.,benzene
"""


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(TABLE)
    return path


def build(table, folder, *more) -> dict:
    columns = ["--description-column", "text", "--iupac-column", "name"]
    return json.loads(run("build-instructions", table, folder, *columns, *more))


def test_templates_to_shards_to_a_check_and_a_review_sheet(table, tmp_path):
    manifest = build(table, tmp_path / "run", "--format", "jsonl")
    assert manifest["counts"]["conversations"] == 3
    shard = tmp_path / "run" / "data" / "train-00000-of-00001.jsonl"
    found = json.loads(run("check-instructions", shard, "-o", tmp_path / "check", "--sample", "2", "--json"))
    assert found["good"] == 3
    assert {path.name for path in (tmp_path / "check").iterdir()} == {
        "report.html",
        "report.json",
        "review.csv",
        "RUBRIC.md",
    }
    assert "100.0% without an error" in run("check-instructions", shard)


def test_molecules_of_a_test_set_are_refused(table, tmp_path):
    (tmp_path / "test.csv").write_text("smiles\nOCC\n")
    manifest = build(table, tmp_path / "run", "--held-out", tmp_path / "test.csv")
    assert manifest["counts"]["conversations"] == 2
    assert manifest["reject_reasons"] == {"leakage, test molecule": 1}


def test_ratings_give_agreement(tmp_path):
    for name in ("anna", "bert"):
        (tmp_path / f"{name}.csv").write_text("row,relevance,correctness,diversity\n1,1,2,3\n2,3,4,4\n")
    sheets = [part for name in ("anna", "bert") for part in ("--ratings", tmp_path / f"{name}.csv")]
    assert json.loads(run("check-instructions", *sheets, "--json"))["correctness"]["fleiss_kappa"] == 1.0
    assert "Fleiss" in run("check-instructions", *sheets)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"backend": "oracle"}, "backend must be one of template, endpoint, model, got 'oracle'"),
        ({"backend": "endpoint"}, "backend endpoint needs --model"),
        ({"form": "xlsx"}, "format must be one of jsonl, parquet"),
        ({"fewest": 5, "most": 3}, "turns must be at least 1 and in order, got 5 to 3"),
        ({"backend": "endpoint", "model": "m", "shown": 99}, "exemplars must be 0 to"),
        ({"backend": "endpoint", "model": "m", "endpoint": ["speed=9"]}, "unknown endpoint option speed"),
    ],
)
def test_wrong_options_are_one_line(table, tmp_path, changes, message):
    from llamo.instructions.material import Columns

    with pytest.raises(ValueError, match=message):
        build_instructions(Request(table, tmp_path / "run", columns=Columns(description="text"), **changes))
