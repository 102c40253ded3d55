"""`llamo analyze graphs`: every arm trained with every seed, what each answers, and what that shows."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from llamo.analysis.finding import Finding
from llamo.analysis.graphs.findings import find
from llamo.analysis.graphs.results import Results
from llamo.analysis.graphs.samples import NETWORKS, Sample, real, synthetic

DEFAULT_OUTPUT = Path("runs/analysis/graphs")


@dataclass(frozen=True)
class Request:
    """What is to be measured; the defaults made the published numbers.

    Attributes:
        output: folder of single runs, which a killed command goes on from.
        seeds: runs of each arm, 0, 1, ..; of weights and of the order of rows.
        steps: of the optimizer, of each run.
        graphs: to train on.
        asked: synthetic graphs to ask about, and a quarter as many parts of each of four networks.
        learning_rate: the highest.
        device: to train on.

    Raises:
        ValueError: a number below 1, or fewer than 20 graphs to ask about.
    """

    output: Path = DEFAULT_OUTPUT
    seeds: int = 3
    steps: int = 500
    graphs: int = 1000
    asked: int = 160
    learning_rate: float = 2e-3
    device: str = "cpu"

    def __post_init__(self):
        for name, least in (("seeds", 1), ("steps", 1), ("graphs", 1), ("asked", 20)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least}, got {getattr(self, name)}")

    @property
    def command(self) -> str:
        """That repeats it."""
        default, given = Request(), ""
        for name in ("seeds", "steps", "graphs", "asked", "learning_rate", "device"):
            if (value := getattr(self, name)) != getattr(default, name):
                given += f" --{name.replace('_', '-')} {value}"
        return "llamo analyze graphs" + given


def run(request: Request, *, report: Callable[[str], None] = lambda line: None) -> list[Finding]:
    """Measures and tells.

    Args:
        request: see there.
        report: is told of each run that has ended.
    """
    return find(measure(request, report=report), command=request.command)


def measure(request: Request, *, report: Callable[[str], None] = lambda line: None) -> Results:
    """What each arm answers with each seed."""
    from llamo.analysis.graphs import training
    from llamo.analysis.graphs.rows import encode

    to_learn, to_ask = draw(request)
    learned, asked = encode(to_learn), {name: encode(group) for name, group in to_ask.items()}
    runs = request.output / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    names = ("steps", "graphs", "asked", "learning_rate")
    settings = {name: getattr(request, name) for name in names}
    right: dict[str, dict[str, list[list[int]]]] = {name: {} for name in asked}
    for seed in range(request.seeds):
        for arm in training.ARMS:
            found = training.run(arm, learned, asked, runs, settings={**settings, "seed": seed}, device=request.device)
            for name, answers in found.items():
                right[name].setdefault(arm.name, []).append(answers)
            shares = {name: round(sum(answers) / len(answers), 3) for name, answers in found.items()}
            report(f"seed {seed}, {arm.name}: right {json.dumps(shares)}")
    constant = learned.most_frequent()
    for name, one in asked.items():
        right[name]["most frequent answer"] = [one.right_if(constant)]
    questions = {name: list(zip(one.questions, one.sizes, strict=True)) for name, one in asked.items()}
    return Results(questions, right, settings, training.count_weights())


def draw(request: Request) -> tuple[list[Sample], dict[str, list[Sample]]]:
    """Graphs to learn from, and to ask about by set; none is in both, in whatever order of nodes."""
    asked = {
        "synthetic": list(synthetic(request.asked, seed=2)),
        "real": list(real(request.asked // len(NETWORKS), seed=3)),
    }
    keys = {one.key() for group in asked.values() for one in group}
    return [one for one in synthetic(request.graphs, seed=1) if one.key() not in keys], asked
