"""The notebooks are stored as one run from top to bottom left them, small, with no trace of a machine; and they run."""

import re
from pathlib import Path

import pytest

from llamo.compact import shipped
from tests.paths import REPOSITORY

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed: pip install llamo[notebooks]")
NOTEBOOKS = sorted((REPOSITORY / "examples" / "notebooks").glob("*.ipynb"))
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
LARGEST = 300_000


def code_cells(path: Path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert [path.stem for path in NOTEBOOKS] == ["1_describe", "2_fine_tune", "3_look_inside"]


@every_notebook
def test_a_notebook_was_run_from_top_to_bottom(path):
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@every_notebook
def test_a_notebook_shows_no_error_and_no_warning(path):
    outputs = [output for cell in code_cells(path) for output in cell.outputs]
    assert outputs
    assert [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"] == []


@every_notebook
def test_a_notebook_is_small_and_tells_nothing_about_a_machine(path):
    text = path.read_text(encoding="utf-8")
    assert len(text) < LARGEST
    pictures = re.sub(r'"image/[^"]*": ("|\[)[^\]"]*', "", text)
    assert not re.search(r"/home/|/root/|/Users/|/tmp/|site-packages|C:\\\\", pictures)


@pytest.mark.slow
@pytest.mark.skipif(
    not (shipped.FOLDER / "config.json").is_file(), reason="no trained weights here (llamo/compact/weights)"
)
@every_notebook
def test_a_notebook_runs(path, tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: pip install llamo[notebooks]")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed: pip install llamo[notebooks]")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=1800, kernel_name="python3", resources=resources).execute()
