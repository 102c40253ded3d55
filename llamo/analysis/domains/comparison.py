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
    """What is lost on the way, each with one value for each domain learned from and seed.

    Attributes:
        own: right on the domain that was learned.
        others: right on other kinds, their mean.
        drop: right answers that a model loses to one that learned the asked kind, on the same questions.
    """

    own: list[float]
    others: list[float]
    drop: list[float]


def transfer(found: Table, view: str) -> Transfer:
    """Of the kinds of molecules."""
    right = found.right[view]
    own, others, drop = [], [], []
    for learned in KINDS:
        for seed in range(found.seeds):
            own.append(right[learned][learned][seed])
            others.append(float(np.mean([right[learned][name][seed] for name in foreign(learned, found.asked)])))
            rivals = [right[other][learned][seed] for other in KINDS if other != learned]
            drop.append(right[learned][learned][seed] - float(np.mean(rivals)))
    return Transfer(own, others, drop)


def scaffold_drop(found: Table, view: str) -> list[float]:
    """Right answers about molecules of known scaffolds less those about the same molecules of new ones."""
    right = found.right[view]
    return [
        right[half][half][seed] - right[other][half][seed]
        for half, other in (HALVES, HALVES[::-1])
        for seed in range(found.seeds)
    ]


def of_blind(blind: Mapping[str, Mapping[str, float]], asked: Sequence[str], seeds: int) -> Transfer:
    """What the most frequent answer of the learned kind gets, as `transfer` counts; it has no seeds."""
    own, others, drop = [], [], []
    for learned in KINDS:
        own += [blind[learned][learned]] * seeds
        others += [float(np.mean([blind[learned][name] for name in foreign(learned, asked)]))] * seeds
        rivals = [blind[other][learned] for other in KINDS if other != learned]
        drop += [blind[learned][learned] - float(np.mean(rivals))] * seeds
    return Transfer(own, others, drop)


def percent(values: Sequence[float]) -> str:
    """A mean with its interval, as text."""
    return shown(interval(values))


def shown(found: Interval) -> str:
    """A share with its interval in per cent."""
    return f"{100 * found.mean:.0f} % [{100 * found.low:.0f}, {100 * found.high:.0f}]"
