"""The dataset card of a run, and its upload to the Hub."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from llamo.hub.upload import upload

_TEMPLATE = Path(__file__).with_name("card.md.jinja")


def write_card(folder: Path, manifest: dict[str, Any], summary: dict[str, Any], *, licence: str, form: str):
    """Writes README.md from the manifest and the checker's summary."""
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    text = template.render(name=folder.name, manifest=manifest, summary=summary, licence=licence, form=form)
    (folder / "README.md").write_text(text, encoding="utf-8")


def push_to_hub(folder: Path, repository: str, *, private: bool = True) -> str:
    """Uploads shards, card, manifest and report of a finished run as a Hub data set, and gives its address.

    Args:
        folder: of the run.
        repository: `user/name`.
        private: for its owner only.

    Raises:
        ValueError: the Hub refuses or cannot be reached.
    """
    files = ["data/*", "README.md", "manifest.json", "report.html", "report.json"]
    return upload(folder, repository, kind="dataset", files=files, private=private, message="Instruction data")
