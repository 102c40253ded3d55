"""Findings about kinds of molecules, in words made of the numbers. Knows no model."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from llamo.analysis.domains.comparison import (
    KINDS,
    Table,
    Transfer,
    percent,
    scaffold_drop,
    shown,
    transfer,
)
from llamo.analysis.domains.experiment import SIZE, VIEWS
from llamo.analysis.domains.figure import changes, matrix
from llamo.analysis.domains.kinds import RULES
from llamo.analysis.domains.questions import FACTS
from llamo.analysis.domains.retrieval import NOTHING, SOURCES
from llamo.analysis.finding import Finding
from llamo.analysis.finding import Table as Cells
from llamo.analysis.intervals import Interval, difference, direction, interval


def across(
    found: Table,
    blind: dict[str, dict[str, float]],
    counts: Mapping[str, Mapping[str, int]],
    *,
    steps: int,
    command: str,
) -> Finding:
    """The matrix of facts.

    Args:
        found: of all models.
        blind: see `questions.blind`.
        counts: molecules "learned" and "asked", by domain.
        steps: of each model.
        command: that repeats it.
    """
    panels = {"blind": blind} | {view: found.mean(view) for view in VIEWS}
    ways = {name: transfer(right, found.asked) for name, right in panels.items()}
    read = {view: difference(ways[view].own, ways["blind"].own) for view in VIEWS}
    abroad = difference(ways["both"].others, ways["smiles"].others)
    scaffolds = scaffold_drop(panels["graph"])
    text = (
        f"{len(KINDS)} kinds of molecules ({', '.join(KINDS)}; {_range(counts['learned'], KINDS)} molecules each) "
        f"were learned from, each by models of its own ({SIZE.layers} layers of width {SIZE.width}, {steps} steps, "
        f"{_seeds(found.seeds)}), and all kinds asked about ({_range(counts['asked'], found.asked)} molecules "
        f"each, {len(FACTS)} facts). {_compared(ways, read)} Scaffolds that were not learned cost a "
        f"graph model {_points(interval(scaffolds))} on the same molecules. Intervals are over kinds learned from "
        "(halves for scaffolds), of means over seeds."
    )
    caption = "Right answers in %; bold: the kind that was learned. Halves of scaffolds share none."
    return Finding(
        "domains",
        "Does it hold on other kinds of molecules?",
        "The paper's comparison of inputs: with its graph LLaMo is better than without. That this holds on other kinds "
        "of molecules than were learned is not shown there.",
        direction(abroad) if min(read["both"].low, read["smiles"].low) > 0 else "undecided",
        text,
        command,
        figures=(matrix(panels, found.asked, caption),),
        tables=(_matrix_table(found), _rules(counts)),
        caveats=_caveats(),
        numbers={
            "right": found.right,
            "loss": found.loss,
            "blind": blind,
            "learned": dict(counts["learned"]),
            "asked": dict(counts["asked"]),
            "graph and SMILES less SMILES, other kinds": list(abroad),
            "less the most frequent answer, learned kind": {view: list(one) for view, one in read.items()},
            "drop": {name: way.drop for name, way in ways.items()},
            "scaffold drop": scaffolds,
        },
    )


def retrieved(
    copied: dict[str, dict[str, Any]], losses: dict[str, dict[str, dict[str, list[float]]]], *, asked: int, command: str
) -> Finding:
    """Captions of similar molecules of the same and of other kinds.

    Args:
        copied: see `retrieval.copied`.
        losses: see `retrieval.read`, by view.
        asked: molecules of a kind that captions are copied for.
        command: that repeats it.
    """
    gains = {view: _gains(found) for view, found in losses.items()}
    own, foreign_ = ([_bleu(copied, kinds) for kinds in pairs] for pairs in _pairs())
    both = {where: interval(values) for where, values in gains["both"].items()}
    text = (
        "A caption copied from the nearest of as many molecules of the same kind has BLEU-4 "
        f"{100 * np.mean(own):.1f}, of another kind {100 * np.mean(foreign_):.1f} ({asked} test molecules of each "
        f"of {', '.join(SOURCES)}; mean similarity {_similarity(copied, 0):.2f} and {_similarity(copied, 1):.2f}). "
        "In the prompt of the compact model, which learned from all kinds, the nearest caption of the same kind "
        f"changes the loss of the true caption by {both['own']:+.3f} nats per token, of another kind by "
        f"{both['other']:+.3f} (with graph and SMILES, {len(gains['both']['own'])} molecules; without the graph "
        f"{interval(gains['smiles']['own']):+.3f} and {interval(gains['smiles']['other']):+.3f}). A negative "
        "number is a gain. Intervals are over molecules."
    )
    rows = [
        (
            source,
            *(
                f"{100 * cell['bleu_4'][0]:.1f} [{100 * cell['bleu_4'][1]:.1f}, {100 * cell['bleu_4'][2]:.1f}]"
                for cell in (copied[source][kind] for kind in SOURCES)
            ),
        )
        for source in SOURCES
    ]
    return Finding(
        "domains-retrieval",
        "Do captions of another kind of molecules help?",
        "The paper does not retrieve; what a copied caption is worth is an open question.",
        "no claim",
        text,
        command,
        figures=(
            changes(losses["both"], NOTHING, "Loss with one retrieved caption less that without, 95 % intervals."),
        ),
        tables=(Cells(("copied from", *SOURCES), tuple(rows), "BLEU-4 of copied captions, words, by kind asked"),),
        caveats=(
            "The compact model learned captions of every kind and was trained to read retrieved ones; only the "
            "sources of retrieval differ here.",
            "Tiny models trained on captions of one kind were not run.",
        ),
        numbers={"copied": copied, "loss": losses},
    )


def _gains(found: Mapping[str, Mapping[str, Sequence[float]]]) -> dict[str, list[float]]:
    """Change of each molecule's loss by a caption of its own kind, and the mean change by those of others."""
    own, other = [], []
    for kind in SOURCES:
        without = np.array(found[NOTHING][kind])
        own += (np.array(found[kind][kind]) - without).tolist()
        other += (np.mean([found[name][kind] for name in SOURCES if name != kind], 0) - without).tolist()
    return {"own": own, "other": other}


def _pairs() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Sources and kinds asked that are the same, and that are not."""
    pairs = [(source, kind) for source in SOURCES for kind in SOURCES]
    return [one for one in pairs if one[0] == one[1]], [one for one in pairs if one[0] != one[1]]


def _bleu(copied: Mapping[str, Mapping[str, Any]], pair: tuple[str, str]) -> float:
    return copied[pair[0]][pair[1]]["bleu_4"][0]


def _similarity(copied: Mapping[str, Mapping[str, Any]], which: int) -> float:
    return float(np.mean([copied[source][kind]["similarity"] for source, kind in _pairs()[which]]))


def _caveats() -> tuple[str, ...]:
    return (
        "Models are tiny and learn for seconds; larger ones may generalise otherwise.",
        "The verdict is undecided unless models with SMILES, and with graph and SMILES, beat the most frequent answer "
        "on the kind they learned, and else says whether the latter beat the former on other kinds.",
        "Kinds differ in how hard their questions are; the losses against models of the asked kind do not.",
        f"Intervals are over {len(KINDS)} kinds, which are few and were not drawn by chance.",
        "All decoders start from one that learned questions and answers of all kinds without any molecule, so "
        "how often an answer is right on other kinds is not wholly unknown to them.",
    )


def _compared(ways: Mapping[str, Transfer], read: Mapping[str, Interval]) -> str:
    """What each way to know a molecule gets on the kind that was learned and on others."""
    shares = [f"with {name} {percent(ways[view].own)} and {percent(ways[view].others)}" for view, name in VIEWS.items()]
    drops = [f"{_points(interval(ways[view].drop))} with {name}" for view, name in VIEWS.items()]
    more = [
        f"{VIEWS[view]} less {VIEWS[other]} {_points(difference(ways[view].own, ways[other].own))} on the learned "
        f"kind, {_points(difference(ways[view].others, ways[other].others))} on others"
        for view, other in (("both", "smiles"), ("both", "graph"), ("graph", "smiles"))
    ]
    usual = ways["blind"]
    return (
        f"Right on the kind that was learned and on others are {', '.join(shares)}; the most frequent answer of the "
        f"learned kind gets {np.mean(usual.own):.0%} and {np.mean(usual.others):.0%}. {_reading(read)} On the same "
        f"questions, a model of another kind gets fewer right than one of their own: {', '.join(drops)}, "
        f"{_points(interval(usual.drop))} with the most frequent answer. Compared: {'; '.join(more)}."
    )


def _reading(read: Mapping[str, Interval]) -> str:
    """Whether models know more than the most frequent answer, where they know most."""
    words = [f"{VIEWS[view]} {_points(found)}" for view, found in read.items()]
    little = [VIEWS[view] for view, found in read.items() if found.low <= 0]
    what = f"Above the most frequent answer on the learned kind: {', '.join(words)}"
    if not little:
        return what + "."
    return f"{what}; so models of {' and of '.join(little)} are not shown to read their molecules at all."


def _points(found: Interval) -> str:
    mean, low, high = (round(100 * value) for value in found)
    return f"{mean} points [{low}, {high}]"


def _seeds(number: int) -> str:
    return f"{number} seed{'s' if number > 1 else ''}"


def _range(counts: Mapping[str, int], names: Sequence[str]) -> str:
    found = sorted({counts[name] for name in names})
    return str(found[0]) if len(found) == 1 else f"{found[0]} to {found[-1]}"


def _matrix_table(found: Table) -> Cells:
    rows = tuple(
        (f"{learned}, {VIEWS[view]}", *(_cell(found.right[view][learned][name]) for name in found.asked))
        for view in VIEWS
        for learned in found.right[view]
    )
    what = f", mean and 95 % interval over {found.seeds} seeds" if found.seeds > 1 else ", one seed"
    return Cells(("learned from", *found.asked), rows, f"right answers{what}")


def _cell(values: Sequence[float]) -> str:
    return shown(interval(values)) if len(values) > 1 else f"{values[0]:.0%}"


def _rules(counts: Mapping[str, Mapping[str, int]]) -> Cells:
    names = list(dict.fromkeys([*counts["asked"], *counts["learned"]]))
    rows = tuple(
        (
            name,
            RULES.get(name, "half of the scaffolds (Bemis and Murcko) with 3 to 30 molecules"),
            str(counts["learned"].get(name, 0)),
            str(counts["asked"].get(name, 0)),
        )
        for name in names
    )
    return Cells(("kind", "rule", "molecules learned from", "asked about"), rows, "kinds of molecules")
