"""`llamo analyze tuning`: what questions, conversations and examples in the prompt are worth. Writes no report."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from llamo.analysis.finding import Finding
from llamo.analysis.tuning import experiment, report
from llamo.analysis.tuning.experiment import IN_CONTEXT, Settings
from llamo.analysis.tuning.material import read_talks


def run(
    conversations: Path,
    folder: Path,
    *,
    seeds: int = 3,
    steps: tuple[int, int] = (600, 400),
    learned: int = 2500,
    kept: int = 160,
    compact: int = 6,
    device: str = "cpu",
    tell: Callable[[str], None] = lambda line: None,
) -> list[Finding]:
    """Both findings; models that `folder` has with the same settings are not trained again.

    Args:
        conversations: file of conversations that `llamo build-instructions` wrote, with their descriptions.
        folder: for what is finished.
        seeds: of each model.
        steps: of both stages.
        learned: molecules to learn from.
        kept: other molecules; half are asked about, half are solved examples.
        compact: of these, molecules that the compact model is asked about.
        device: to compute on.
        tell: takes a line about each finished model.

    Raises:
        ValueError: a number is too small, or the file holds no such conversations.
    """
    least = {
        "seeds": (seeds, 1),
        "steps": (min(steps), 1),
        "learned": (learned, 1),
        "kept": (kept, 2),
        "compact": (compact, 1),
    }
    if wrong := [name for name, (value, fewest) in least.items() if value < fewest]:
        raise ValueError(f"{wrong[0]} must be at least {least[wrong[0]][1]}, got {least[wrong[0]][0]}")
    talks = read_talks(conversations)
    source = hashlib.sha256(conversations.read_bytes()).hexdigest()[:16]
    settings = Settings(learned, kept, steps, source)
    found = experiment.run(talks, folder, settings, seeds=seeds, device=device, tell=tell)
    answered = experiment.compact_numbers(talks, folder, settings, molecules=compact, device=device)
    command = (
        f"llamo analyze tuning CONVERSATIONS --seeds {seeds} --steps {steps[0]} --tuning-steps {steps[1]} "
        f"--learned {learned} --kept {kept} --compact {compact}"
    )
    asked = int(answered[f"questions, {IN_CONTEXT[0]}"])
    return [
        report.tuning(found, settings, command=command),
        report.in_context(found, answered, settings, questions=asked, command=command),
    ]
