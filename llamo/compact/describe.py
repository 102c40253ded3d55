"""`llamo describe`: answers about molecules, in the terminal or as JSON lines."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from llamo.assistant import Assistant, Reply
from llamo.compact.shipped import shipped


def describe(
    smiles: Sequence[str], question: str, *, model: str | None, device: str, retrieve: int, **options: Any
) -> list[Reply]:
    """Answers of a model, by default the one that comes with the package; `options` are those of `generate`.

    Raises:
        ValueError: no molecule, one that cannot be read, or no model.
    """
    if not smiles:
        raise ValueError("no molecule: give one or more SMILES, such as 'CC(=O)Oc1ccccc1C(=O)O'")
    assistant = Assistant.load(model or shipped(), device=device)
    return assistant.ask(list(smiles), question, retrieve=retrieve, **options)


def show(replies: Sequence[Reply], *, as_json: bool):
    """Prints answers with their confidences."""
    if as_json:
        for reply in replies:
            print(json.dumps(asdict(reply), ensure_ascii=False))
        return
    console = Console()
    for reply in replies:
        console.print(Text(f"{reply.smiles}", style="bold"), Text(f"confidence {reply.confidence:.0%}", style="dim"))
        console.print(Text(reply.text))
