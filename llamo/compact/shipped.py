"""The trained compact model that comes with the package: where it is, and a copy of it for the user. Loads nothing."""

import shutil
from pathlib import Path

from llamo.replacing import check_output

FOLDER = Path(__file__).with_name("weights")


def shipped() -> Path:
    """The model folder inside the package.

    Raises:
        ValueError: this installation was made without it.
    """
    if not (FOLDER / "config.json").is_file():
        raise ValueError(
            f"this installation has no trained weights ({FOLDER} is not there); install the whole package, train them "
            "with examples/03_train_compact.py, or name a model of your own"
        )
    return FOLDER


def export(folder: Path, *, overwrite: bool = False) -> Path:
    """Copies the model to a folder, as any HuggingFace model lies in one.

    Args:
        folder: to make.
        overwrite: replace a LLaMo that is there.

    Raises:
        ValueError: the folder may not be replaced, or this installation has no weights.
    """
    source = shipped()
    check_output(folder, overwrite=overwrite)
    # Beside it first, so that a full disk leaves no half a model.
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(source, part, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
    return folder
