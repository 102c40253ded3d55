"""A model of random weights in a folder, for commands, and how they are started. It answers quickly and nonsense."""

import os
import sys
from pathlib import Path

from tests.paths import REPOSITORY
from tests.text import model_and_processor

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(REPOSITORY), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
LLAMO = [sys.executable, "-m", "llamo.cli"]


def save_model(folder: Path) -> Path:
    """Writes model and processor."""
    model, processor = model_and_processor(seed=1)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
