"""All models of all seeds, trained and measured; what is finished is kept. Knows no report."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from llamo.analysis.laboratory.measuring import score_rows
from llamo.analysis.tuning import asking, training
from llamo.analysis.tuning.material import CAPTIONS, DESCRIBE, Lessons, Talk, lessons
from llamo.compact.prepare import encode_rows
from llamo.compact.rows import Row
from llamo.whole_files import write_whole
from processors import LlamoDataCollator, LlamoProcessor

# Ways to ask the same yes-or-no questions.
WAYS: dict[str, dict[str, Any]] = {
    "trained wording": {},
    "other wording": {"wording": asking.other},
    "after a description": {"described": True},
    "2 examples": {"examples": 2},
    "4 examples": {"examples": 4},
}
IN_CONTEXT = ("trained wording", "2 examples", "4 examples")


@dataclass(frozen=True)
class Settings:
    """What decides the numbers.

    Attributes:
        learned: molecules learned from.
        kept: molecules asked about.
        steps: of both stages.
        source: digest of the conversations' file.
    """

    learned: int
    kept: int
    steps: tuple[int, int]
    source: str

    def digest(self) -> str:
        """A folder's name."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:12]


def run(
    talks: Sequence[Talk],
    folder: Path,
    settings: Settings,
    *,
    seeds: int,
    device: str = "cpu",
    tell: Callable[[str], None] = lambda line: None,
) -> dict[str, list[dict[str, float]]]:
    """Numbers of each model, one after the other for the seeds.

    Args:
        talks: with descriptions.
        folder: gets a JSON for each model and seed.
        settings: see there; results of others are not taken.
        seeds: how many.
        device: to compute on.
        tell: takes a line about each model.
    """
    found: dict[str, list[dict[str, float]]] = {name: [] for name in (training.STAGE_1, *training.ARMS)}
    for seed in range(seeds):
        for name in found:
            result = folder / f"{name.replace(' ', '-')}-seed-{seed}.json"
            numbers = kept_numbers(result, settings)
            if numbers is None:
                started, material = time.monotonic(), _lessons(talks, settings)
                at = folder / settings.digest() / f"seed-{seed}"
                model = training.trained(material, name, at, seed=seed, steps=settings.steps, device=device)
                numbers = measure(model, material)
                keep(result, settings, numbers)
                tell(f"{name}, seed {seed}: {time.monotonic() - started:.0f} s")
            found[name].append(numbers)
    return found


def compact_numbers(
    talks: Sequence[Talk], folder: Path, settings: Settings, *, molecules: int, device: str = "cpu"
) -> dict[str, float]:
    """The compact model's answers without and with examples, about some of the molecules that are kept."""
    path = folder / f"compact-{molecules}.json"
    numbers = kept_numbers(path, settings)
    if numbers is None:
        from llamo.assistant import Assistant
        from llamo.compact.shipped import shipped

        assistant = Assistant.load(shipped(), device=device)
        held = _lessons(talks, settings).kept
        some = held[: len(held) // 2] + held[len(held) // 2 :][:molecules]
        numbers = answered(assistant.model, assistant.processor, some, IN_CONTEXT, asked=molecules)
        keep(path, settings, numbers)
    return numbers


@lru_cache(maxsize=1)
def _encoded(talks: tuple[Talk, ...], learned: int, kept: int) -> Lessons:
    return lessons(talks, learned=learned, kept=kept, graph_tokens=training.GRAPH_TOKENS)


def _lessons(talks: Sequence[Talk], settings: Settings) -> Lessons:
    return _encoded(tuple(talks), settings.learned, settings.kept)


def measure(model: Any, material: Lessons) -> dict[str, float]:
    """Loss of descriptions; and for each of `WAYS` what is right and how much of the answer is yes or no."""
    rows = [Row(CAPTIONS, one.smiles, one.smiles, ((DESCRIBE, one.description),)) for one in material.kept]
    encoded = encode_rows(rows, material.processor, None)
    scores = score_rows(model, LlamoDataCollator(material.processor), encoded)
    numbers = {"caption loss": float(scores.loss.sum() / scores.tokens.sum())}
    return numbers | answered(model, material.processor, material.kept, list(WAYS), asked=len(material.kept) // 2)


def answered(
    model: Any, processor: LlamoProcessor, talks: Sequence[Talk], ways: Sequence[str], *, asked: int
) -> dict[str, float]:
    """Right answers and probability of yes or no in some of `WAYS`.

    Args:
        model: to ask.
        processor: of it.
        talks: molecules; the last `asked` are asked about, the others are examples.
        ways: names of `WAYS`.
        asked: see `talks`.
    """
    numbers = {}
    for way in ways:
        questions = asking.questions(talks[-asked:], solved=talks[:-asked], **WAYS[way])
        answers, truths = asking.ask(model, processor, questions), [one.truth for one in questions]
        numbers[f"right, {way}"] = float(answers.right.mean())
        numbers[f"said, {way}"] = float(answers.said.mean())
        numbers[f"questions, {way}"] = len(questions)
        numbers[f"most frequent, {way}"] = float(max(np.mean(truths), 1 - np.mean(truths)))
    return numbers


def kept_numbers(path: Path, settings: Settings) -> dict[str, float] | None:
    """What `keep` wrote under the same settings, or None."""
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    return found["numbers"] if found["settings"] == json.loads(json.dumps(asdict(settings))) else None


def keep(path: Path, settings: Settings, numbers: dict[str, float]):
    """Writes numbers, whole or not at all."""
    write_whole(path, json.dumps({"settings": asdict(settings), "numbers": numbers}, indent=1) + "\n")
