"""Vectors of whole files, row by row."""

import json

import numpy as np
import pandas as pd
import pytest

from llamo.embedding import command, embed
from llamo.embedding.command import Request, embed_rows
from tests.text import model_and_processor

MODEL, PROCESSOR = model_and_processor()
SMILES = ["CCO", "C1CC", "caffeine", "", "CCN"]
GOOD = ["CCO", "Cn1c(=O)c2c(ncn2C)n(C)c1=O", "CCN"]


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("model")
    MODEL.save_pretrained(folder)
    PROCESSOR.save_pretrained(folder)
    return str(folder)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "in.csv"
    pd.DataFrame({"id": range(5), "SMILES": SMILES}).to_csv(path, index=False)
    return path


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_each_row_has_its_vector_or_an_error(model, table, tmp_path, ending):
    output = tmp_path / f"out.{ending}"
    embed_rows(Request(input=table, output=output, model=model, batch_size=2))
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "jsonl": lambda path: pd.read_json(path, lines=True)}
    rows = read[ending](output)
    assert list(rows["row"]) == list(range(5)) and list(map(int, rows["id"])) == list(range(5))
    assert [bool(error) for error in rows["error"].fillna("")] == [False, True, False, True, False]
    kept = rows["embedding"][[0, 2, 4]]
    vectors = np.array([json.loads(one) if isinstance(one, str) else one for one in kept], np.float32)
    np.testing.assert_allclose(vectors, embed(MODEL, PROCESSOR, GOOD), atol=1e-6)


def test_a_matrix_has_a_row_for_each_row(model, table, tmp_path):
    embed_rows(Request(input=table, output=tmp_path / "out.npy", model=model, level="tokens", pooling="flat"))
    matrix = np.load(tmp_path / "out.npy")
    expected = embed(MODEL, PROCESSOR, GOOD, level="tokens", pooling="flat")
    assert matrix.dtype == np.float32 and np.isnan(matrix[[1, 3]]).all()
    np.testing.assert_allclose(matrix[[0, 2, 4]], expected, atol=1e-6)


def test_numbers_in_text_are_the_same_float32(model, capsys):
    embed_rows(Request(("CCO",), as_json=True, model=model))
    printed = json.loads(capsys.readouterr().out)["embedding"]
    np.testing.assert_array_equal(np.array(printed, np.float32), embed(MODEL, PROCESSOR, ["CCO"])[0])


def test_a_molecule_that_only_the_model_refuses_costs_its_row_alone(model, tmp_path, monkeypatch):
    def refusing(model, processor, molecules, **options):
        if "CCC" in molecules:
            raise ValueError("row 1: too large")
        return embed(model, processor, molecules, **options)

    monkeypatch.setattr(command, "embed", refusing)
    embed_rows(Request(("CCO", "CCC", "CCN", "C"), output=tmp_path / "out.jsonl", model=model))
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["error"] for row in rows] == ["", "too large", "", ""]


def test_a_batch_that_does_not_fit_the_memory_is_halved(model, tmp_path, monkeypatch):
    tried = []

    def small(model, processor, molecules, *, batch_size, **options):
        tried.append(batch_size)
        if batch_size > 2:
            raise RuntimeError("CUDA out of memory")
        return embed(model, processor, molecules, batch_size=batch_size, **options)

    monkeypatch.setattr(command, "embed", small)
    embed_rows(Request(("CCO", "CCC"), output=tmp_path / "out.npy", model=model, batch_size=8))
    assert tried == [8, 4, 2] and np.isfinite(np.load(tmp_path / "out.npy")).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give --output FILE, or --json"),
        ({"output": "out.txt"}, r"answers are written to \.npy, \.jsonl, \.csv, \.parquet"),
        ({"output": "out.csv", "level": "edge", "model": "MODEL"}, "got level 'edge'"),
        ({"output": "out.csv", "pooling": "max", "model": "MODEL"}, "got pooling 'max'"),
    ],
)
def test_mistakes_are_named_and_leave_no_file(model, tmp_path, options, message):
    options = {name: model if value == "MODEL" else value for name, value in options.items()}
    if "output" in options:
        options["output"] = tmp_path / options["output"]
    with pytest.raises(ValueError, match=message):
        embed_rows(Request(("CCO",), **options))
    assert not list(tmp_path.iterdir())
