"""What a command that writes a model may replace."""

import json
from pathlib import Path

import pytest

from llamo.replacing import check_output


def filled(folder: Path, config: object = None, name: str = "config.json") -> Path:
    folder.mkdir()
    (folder / name).write_text(config if isinstance(config, str) else json.dumps(config))
    return folder


def test_what_is_not_there_or_empty_is_written(tmp_path):
    check_output(tmp_path / "new", overwrite=False)
    check_output(tmp_path, overwrite=False)


def test_a_model_is_replaced_only_if_that_is_asked_for(tmp_path):
    folder = filled(tmp_path / "model", {"model_type": "llamo"})
    with pytest.raises(ValueError, match="pass --overwrite"):
        check_output(folder, overwrite=False)
    check_output(folder, overwrite=True)


@pytest.mark.parametrize(
    ("name", "config"),
    [("__init__.py", ""), ("config.json", {"model_type": "llama"}), ("config.json", "{"), ("config.json", [])],
)
@pytest.mark.parametrize("overwrite", [True, False])
def test_anything_else_is_never_replaced(tmp_path, name, config, overwrite):
    folder = filled(tmp_path / "mine", config, name)
    with pytest.raises(ValueError, match=r"something else than a LLaMo; choose another folder$"):
        check_output(folder, overwrite=overwrite)


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="is a file; choose a folder"):
        check_output(tmp_path / "file", overwrite=True)
