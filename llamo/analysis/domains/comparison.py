"""Numbers over training kinds and seeds from the models' results. Knows numbers, no words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from llamo.analysis.domains.experiment import VIEWS
from llamo.analysis.domains.material import LEARNED
from llamo.analysis.domains.questions import FACTS, label
from llamo.analysis.domains.scaffolds import HALVES
from llamo.analysis.intervals import Interval, interval
from llamo.analysis.laboratory import Result

KINDS = tuple(name for name in LEARNED if name not in HALVES)


@dataclass(frozen=True)
class Table:
    """Every model's numbers.

    Attributes:
        right: share of right answers, the mean over facts, by view, domain learned from and domain asked; one value
            for each seed.
        loss: nats per token of the true answer, likewise.
        asked: domains that are asked about.
        seeds: that every model has.
    """

    right: dict[str, dict[str, dict[str, list[float]]]]
    loss: dict[str, dict[str, dict[str, list[float]]]]
    asked: tuple[str, ...]
    seeds: int

    def mean(self, view: str) -> dict[str, dict[str, float]]:
        """`right` of a view, the mean over seeds."""
        return {
            learned: {name: float(np.mean(values)) for name, values in row.items()}
            for learned, row in self.right[view].items()
        }


def table(results: Sequence[Result], asked: Iterable[str]) -> Table:
    """Results put in order."""
    order = tuple(asked)
    found = {(one.name, one.seed): one for one in results}
    seeds = len({seed for _, seed in found})

    def of(value: str) -> dict[str, dict[str, dict[str, list[float]]]]:
        return {
            view: {
                learned: {
                    name: [_mean(found[f"{learned} by {view}", seed], name, value) for seed in range(seeds)]
                    for name in order
                }
                for learned in LEARNED
            }
            for view in VIEWS
        }

    return Table(of("right"), of("loss"), order, seeds)


def _mean(result: Result, domain: str, value: str) -> float:
    """Over the facts that were asked about; few molecules are not asked for all."""
    kinds = [label(domain, fact) for fact in FACTS]
    return float(np.mean([result.kinds[kind][value] for kind in kinds if kind in result.kinds]))


def foreign(learned: str, asked: Iterable[str]) -> list[str]:
    """The other kinds of molecules that are asked about; halves of scaffolds are no kinds."""
    return [name for name in asked if name != learned and name not in HALVES]


@dataclass(frozen=True)
class Transfer:
    """What is lost on the way, each with one value for each domain learned from, the mean over seeds.

    Attributes:
        own: right on the domain that was learned.
        others: right on other kinds, their mean.
        drop: right answers that models of other kinds lose to those of this kind, on the same questions.
    """

    own: list[float]
    others: list[float]
    drop: list[float]


def transfer(right: Mapping[str, Mapping[str, float]], asked: Sequence[str]) -> Transfer:
    """Of the kinds of molecules.

    Args:
        right: share of right answers by domain learned from and domain asked.
        asked: domains that are asked about.
    """
    own = [right[learned][learned] for learned in KINDS]
    others = [_average(right[learned][name] for name in foreign(learned, asked)) for learned in KINDS]
    rivals = [_average(right[other][learned] for other in KINDS if other != learned) for learned in KINDS]
    return Transfer(own, others, np.subtract(own, rivals).tolist())


def scaffold_drop(right: Mapping[str, Mapping[str, float]]) -> list[float]:
    """Right answers about molecules of known scaffolds less those about the same molecules of new ones, by half."""
    return [right[half][half] - right[other][half] for half, other in (HALVES, HALVES[::-1])]


def _average(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def percent(values: Sequence[float]) -> str:
    """A mean with its interval, as text."""
    return shown(interval(values))


def shown(found: Interval) -> str:
    """A share with its interval in per cent."""
    return f"{100 * found.mean:.0f} % [{100 * found.low:.0f}, {100 * found.high:.0f}]"
