"""Arms beside one another: intervals over seeds, and paired differences to the multi-level projector. Numbers only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from llamo.analysis.intervals import Interval, difference, interval
from llamo.analysis.laboratory.result import Result
from llamo.analysis.laboratory.terse import DESCRIPTION


@dataclass(frozen=True)
class Measure:
    """A number that a run is judged by.

    Attributes:
        key: in JSON.
        title: with its unit.
        of: reads it from a run.
        better: 1 where more is better, -1 where less is.
        form: of the number in texts.
    """

    key: str
    title: str
    of: Callable[[Result], float]
    better: int
    form: str


def _facts(result: Result) -> list[str]:
    return [kind for kind in result.kinds if kind != DESCRIPTION]


# Means over all kinds of facts; an answer of a fact is a token or two.
MEASURES = (
    Measure("right", "facts right, %", lambda result: 100 * result.right(*_facts(result)), 1, ".1f"),
    Measure(
        "loss",
        "loss of facts, nats per token",
        lambda result: sum(map(result.loss, _facts(result))) / len(_facts(result)),
        -1,
        ".3f",
    ),
)
CAPTIONS = Measure(
    "captions", "loss of descriptions, nats per token", lambda result: result.loss(DESCRIPTION), -1, ".3f"
)


def measures(result: Result) -> tuple[Measure, ...]:
    """What a run was measured by."""
    return (*MEASURES, CAPTIONS) if DESCRIPTION in result.kinds else MEASURES


@dataclass(frozen=True)
class Compared:
    """One arm.

    Attributes:
        measures: that it was run with.
        values: by measure, one for each seed.
        means: by measure.
        differences: by measure, this arm less the reference, seed by seed; None for the reference itself.
        graph_tokens: of a molecule; None is one per atom.
        weights: of the whole model.
    """

    measures: tuple[Measure, ...]
    values: Mapping[str, list[float]]
    means: Mapping[str, Interval]
    differences: Mapping[str, Interval] | None
    graph_tokens: int | None
    weights: int

    def is_better(self, measure: Measure) -> bool:
        """Whether it is surely better than the reference."""
        return self._sure(measure, measure.better)

    def is_worse(self, measure: Measure) -> bool:
        """Whether it is surely worse than the reference."""
        return self._sure(measure, -measure.better)

    def _sure(self, measure: Measure, sign: int) -> bool:
        if self.differences is None or len(self.values[measure.key]) < 2:
            return False
        found = self.differences[measure.key]
        return min(sign * found.low, sign * found.high) > 0


def compare(results: Sequence[Result], reference: str) -> dict[str, Compared]:
    """The arms by name, in the order in which they come.

    Raises:
        ValueError: the reference is not among them, or an arm has other seeds than the reference.
    """
    runs: dict[str, dict[int, Result]] = {}
    for result in results:
        runs.setdefault(result.name, {})[result.seed] = result
    if reference not in runs:
        raise ValueError(f"no run of {reference!r}; there are: {', '.join(runs) or 'none'}")
    if wrong := [name for name, by_seed in runs.items() if by_seed.keys() != runs[reference].keys()]:
        raise ValueError(f"{wrong[0]!r} was run with other seeds than {reference!r}; run both with the same")
    return {name: _compared(by_seed, None if name == reference else runs[reference]) for name, by_seed in runs.items()}


def _compared(runs: Mapping[int, Result], reference: Mapping[int, Result] | None) -> Compared:
    seeds = sorted(runs)
    wanted = measures(runs[seeds[0]])
    values = {one.key: [one.of(runs[seed]) for seed in seeds] for one in wanted}
    differences = None
    if reference is not None:
        theirs = {one.key: [one.of(reference[seed]) for seed in seeds] for one in wanted}
        differences = {key: difference(values[key], theirs[key]) for key in values}
    one = runs[seeds[0]]
    means = {key: interval(found) for key, found in values.items()}
    return Compared(wanted, values, means, differences, one.graph_tokens, one.weights)
