"""Results of invented runs."""

from llamo.analysis.laboratory.result import Result
from llamo.analysis.projector.arms import OURS, all_arms


def results(better: dict[str, float], *, seeds: int = 3, descriptions: bool = False) -> list[Result]:
    """Every arm 10 points behind the multi-level projector, or as `better` says; a little noise by seed."""
    return [result(arm.name, arm.seed, better.get(arm.name, -0.1), descriptions) for arm in all_arms(seeds, 5)]


def result(name: str, seed: int, better: float, descriptions: bool = False) -> Result:
    better = 0.0 if name == OURS else better
    right, noise = 0.6 + better, 0.001 * seed * (len(name) % 3)
    kinds = {"rings": {"rows": 5, "tokens": 5, "loss": 1 - better + noise, "right": right + noise}}
    if descriptions:
        kinds["description"] = {"rows": 2, "tokens": 50, "loss": 4 - better, "right": 0.0}
    size = {"layers": 2, "width": 64}
    settings = {"name": name, "seed": seed, "steps": 5, "tokens": 1000, "size": size}
    return Result(settings, kinds, None, 1000, 28, 1.0)
