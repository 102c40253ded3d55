"""`llamo analyze domains`: what is learned on one kind of molecules, asked about others. Writes no report."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llamo.analysis.domains import experiment, report, retrieval
from llamo.analysis.domains.comparison import table
from llamo.analysis.domains.material import facts_material
from llamo.analysis.finding import Finding
from llamo.whole_files import write_whole

VIEWS = ("both", "smiles")


def run(
    prepared: Path,
    folder: Path,
    *,
    seeds: int = 1,
    steps: int = 600,
    molecules: int = 800,
    asked: int = 100,
    read: int = 6,
    device: str = "cpu",
    tell: Callable[[str], None] = lambda line: None,
) -> list[Finding]:
    """Both findings; parts that `folder` has with the same settings are not made again.

    Args:
        prepared: the compact model's prepared data.
        folder: for what is finished.
        seeds: of each model.
        steps: of each model.
        molecules: of a kind to learn from.
        asked: of a kind to ask about.
        read: test molecules of a kind whose captions the compact model reads.
        device: to compute on.
        tell: takes a line about each finished part.

    Raises:
        ValueError: a number is below 1, or `prepared` is not such a folder.
    """
    numbers = {"seeds": seeds, "steps": steps, "molecules": molecules, "asked": asked, "read": read}
    if wrong := [name for name, value in numbers.items() if value < 1]:
        raise ValueError(f"{wrong[0]} must be at least 1, got {numbers[wrong[0]]}")
    material = facts_material(prepared, folder / "facts", most=molecules, asked=asked)
    results = experiment.run(material, folder / "arms", seeds=seeds, steps=steps, device=device, tell=tell)
    found = table(results, material.asked)
    command = (
        f"llamo analyze domains --seeds {seeds} --steps {steps} --molecules {molecules} --asked {asked} --read {read}"
    )
    counts = {"learned": material.learned, "asked": material.asked}
    first = report.across(found, material.blind, counts, steps=steps, command=command)
    settings = {"molecules": molecules, "asked": asked, "read": read, "prepared": str(prepared.resolve())}
    captions = _captions(prepared, folder / "captions.json", settings, device)
    return [first, report.retrieved(captions["copied"], captions["losses"], asked=asked, command=command)]


def _captions(prepared: Path, path: Path, settings: dict[str, Any], device: str) -> dict[str, Any]:
    """What retrieval gives; kept."""
    if path.is_file() and (found := json.loads(path.read_text(encoding="utf-8")))["settings"] == settings:
        return found
    from llamo.assistant import Assistant
    from llamo.compact.shipped import shipped

    indices, tests = retrieval.captions(prepared, most=settings["molecules"], asked=settings["asked"])
    assistant = Assistant.load(shipped(), device=device)
    losses = {view: retrieval.read(assistant, indices, tests, view=view, molecules=settings["read"]) for view in VIEWS}
    found = {"settings": settings, "copied": retrieval.copied(indices, tests), "losses": losses}
    write_whole(path, json.dumps(found, indent=1) + "\n")
    return found
