"""Uploads a folder to the HuggingFace Hub: models with their card, and data sets. Knows no model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

# What a model folder is made of: no pickles, no checkpoints, no optimizer.
SUFFIXES = (".safetensors", ".json", ".jinja", ".txt", ".model", ".md", ".gz")


def push(folder: Path, repository: str, *, private: bool = True) -> str:
    """Uploads a model folder: weights, config, processor and card. A folder without a card gets one first.

    Args:
        folder: as `llamo train`, `llamo export` or `save_pretrained` of model and processor left it.
        repository: `user/name`.
        private: for its owner only.

    Returns:
        Its address.

    Raises:
        ValueError: model or processor is missing, an adapter belongs on a local folder, or the Hub refuses or cannot be
            reached.
    """
    from llamo.hub.card import FILE, write_card
    from llamo.hub.record import read_record

    record = read_record(folder)
    if not (folder / "processor_config.json").is_file():
        raise ValueError(f"{folder} holds no processor: call processor.save_pretrained({str(folder)!r}) first")
    if record.adapter and Path(record.adapter["base_model_name_or_path"]).exists():
        raise ValueError(
            f"{folder} is an adapter on a folder of this machine, which nobody else could load: push the merged model "
            "(model/ beside it), or push its base and name that in adapter_config.json"
        )
    if not (folder / FILE).is_file():
        write_card(folder)
    if strays := [path.name for path in sorted(folder.iterdir()) if _leads_away(path, folder)]:
        raise ValueError(f"{folder}: {strays[0]} is a link to a file outside, which is not uploaded; put a copy there")
    files = [path.name for path in sorted(folder.iterdir()) if path.is_file() and path.suffix in SUFFIXES]
    return upload(folder, repository, kind="model", files=files, private=private, message="LLaMo model")


def _leads_away(path: Path, folder: Path) -> bool:
    """Whether a link would upload a stranger: those of the Hub's own cache lead to its blobs."""
    target = path.resolve()
    blobs = folder.resolve().parent.parent / "blobs"
    return path.is_symlink() and not any(target.is_relative_to(place) for place in (folder.resolve(), blobs))


def upload(
    folder: Path,
    repository: str,
    *,
    kind: Literal["model", "dataset"],
    files: Sequence[str],
    private: bool,
    message: str,
) -> str:
    """Makes the repository if it is not there and commits files to it.

    Args:
        folder: with the files.
        repository: `user/name`.
        kind: of repository.
        files: names or patterns inside the folder.
        private: for its owner only; of a repository that is there, nothing changes.
        message: of the commit.

    Returns:
        Its address.

    Raises:
        ValueError: the Hub refuses or cannot be reached.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HTTPError  # pyright: ignore[reportPrivateImportUsage], of its HTTP client

    api: Any = HfApi()
    try:
        api.create_repo(repository, repo_type=kind, private=private, exist_ok=True)
        done = api.upload_folder(
            repo_id=repository,
            folder_path=folder,
            repo_type=kind,
            allow_patterns=list(files),
            commit_message=message,
        )
    except (HTTPError, OSError) as error:
        raise ValueError(
            f"{repository}: cannot be uploaded ({' '.join(str(error).split())}); log in: hf auth login"
        ) from error
    return str(getattr(done, "repo_url", done))
