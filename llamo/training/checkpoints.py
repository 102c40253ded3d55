"""Checkpoints of a stage: which are whole, and the last of them. A run may be killed while it writes one."""

import json
import re
import shutil
import zipfile
from pathlib import Path

from safetensors import SafetensorError, safe_open

# What Trainer writes last; a checkpoint without it, or with half of it, was cut off. A machine that loses its power may
# have it and not yet the rest.
_LAST_WRITTEN = "trainer_state.json"


def steps_of(folder: Path) -> dict[int, Path]:
    """Checkpoint folders by step, in order, whole or not."""
    found = {}
    for path in folder.glob("checkpoint-*"):
        if match := re.fullmatch(r"checkpoint-(\d+)", path.name):
            found[int(match[1])] = path
    return dict(sorted(found.items()))


def is_whole(checkpoint: Path) -> bool:
    """Whether everything of a checkpoint was written."""
    try:
        state = json.loads((checkpoint / _LAST_WRITTEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(state, dict) and "global_step" in state and not any(map(_is_cut, checkpoint.iterdir()))


def _is_cut(file: Path) -> bool:
    """Whether a file of tensors ends before its end, which its first or last bytes say."""
    if file.suffix in (".pt", ".pth"):
        return not zipfile.is_zipfile(file)
    if file.suffix != ".safetensors":
        return False
    try:
        with safe_open(file, framework="pt"):
            return False
    except (SafetensorError, OSError):
        return True


def last_whole(folder: Path, *, remove_others: bool = False) -> Path | None:
    """The latest whole checkpoint, or None.

    Args:
        folder: of the stage's checkpoints.
        remove_others: delete checkpoints that were cut off.
    """
    whole = None
    for path in steps_of(folder).values():
        if is_whole(path):
            whole = path
        elif remove_others:
            shutil.rmtree(path)
    return whole
