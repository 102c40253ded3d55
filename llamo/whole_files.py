"""Files and folders that are there whole or not at all, also after a kill. Knows paths and text."""

import os
import shutil
from pathlib import Path


def write_whole(path: Path, text: str):
    """Writes a text beside its place, then puts it there; the folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def part_of(folder: Path) -> Path:
    """Where a folder is written before it is put in its place."""
    return folder.with_name(folder.name + ".part")


def put_in_place(folder: Path):
    """Puts what was written to `part_of(folder)` there, in place of what was there before."""
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(part_of(folder), folder)
