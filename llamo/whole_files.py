"""Files that are there whole or not at all, also after a kill. Knows paths and text."""

import os
from pathlib import Path


def write_whole(path: Path, text: str):
    """Writes a text beside its place, then puts it there; the folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
