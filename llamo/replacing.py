"""Folders of models that a command writes: what may be replaced, and what may not. Deletes nothing itself."""

import json
from pathlib import Path


def check_output(folder: Path, *, overwrite: bool):
    """Refuses a place that must not be written to, before any work.

    Raises:
        ValueError: a file is there; something is in the folder and `overwrite` is off; or what is there is no LLaMo.
    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; choose a folder")
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not _is_llamo(folder):
        raise ValueError(f"{folder} is there and holds something else than a LLaMo; choose another folder")
    if not overwrite:
        raise ValueError(f"{folder} is there already; choose another folder, or pass --overwrite")


def _is_llamo(folder: Path) -> bool:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and config.get("model_type") == "llamo"
