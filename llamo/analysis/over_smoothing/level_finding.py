"""The finding about what the projector reads of each level: verdict by rule, words around the numbers. No model."""

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from llamo.analysis.finding import Figure, Finding, Table, Verdict
from llamo.analysis.intervals import Interval, difference, interval
from llamo.analysis.over_smoothing import figures
from llamo.analysis.over_smoothing.answers import ASKED, DESCRIPTION
from llamo.analysis.over_smoothing.depths import Plan
from llamo.analysis.over_smoothing.findings import TEXTS, command
from llamo.analysis.texts import paragraph

Answers = Mapping[str, Mapping[str, Sequence[float]]]
_GROUPS = "groups"


def levels(plan: Plan, given: Mapping[str, Any], found: Mapping[str, Any]) -> Finding:
    """What the queries read of each level, and what answers lose without it.

    Args:
        plan: what was measured.
        given: numbers of the trained model's encoder.
        found: `reading`, `likeness` and `answers`.
    """
    answers: Answers = found["answers"]
    names = list(found["reading"])
    lost = {name: interval(lost_without(answers, name)) for name in names}
    shares = {question: {name: _share(of, name) for name in names} for question, of in answers.items()}
    picture = (
        "Of the trained model's encoder and projector. Upper left: 95 % over folds. Upper right: evenness is the "
        "entropy of attention by the largest; dashes are the share of an even reader. Below right: the part of what "
        "all graph tokens add to an answer's log-probability that is lost when the tokens of a level, or of the "
        "functional groups, say nothing; parts need not add up to 1."
    )
    return Finding(
        "projector-levels",
        "Does the projector use every level?",
        "Section 3.2: learned queries read every layer of the encoder, so that graph tokens hold local and global "
        "information alike.",
        levels_verdict([loss for name, loss in lost.items() if name != _GROUPS]),
        _text(plan, given, found, lost, shares),
        command(plan),
        (Figure(figures.levels(given, found, shares), picture),),
        (_table(answers, names),),
        (
            "One trained model: which level serves which question may fall out otherwise in another run.",
            "Tokens that say nothing are means over these molecules; the rest of the prompt stays. A level that "
            "others can stand in for shows no loss: the table has each level alone, too.",
            "Facts are questions of the demo in one phrasing, with the true answers. Some of the molecules may be "
            "among those that the model saw.",
        ),
        {
            "lost": {name: list(loss) for name, loss in lost.items()},
            "shares": shares,
            "likeness": found["likeness"],
            "reading": {
                name: {key: float(np.mean(of)) for key, of in found["reading"][name].items()} for name in names
            },
            "own": given["own"],
            "whole": given["whole"],
        },
    )


def _text(
    plan: Plan,
    given: Mapping[str, Any],
    found: Mapping[str, Any],
    lost: Mapping[str, Interval],
    shares: Mapping[str, Mapping[str, float]],
) -> str:
    read, names = found["reading"], list(lost)
    of_levels = [name for name in names if name != _GROUPS]
    between = [found["likeness"][one][names.index(other)] for one, other in permutations(of_levels, 2)]
    return paragraph(
        TEXTS / "levels.txt.jinja",
        plan=plan,
        facts=len(ASKED),
        own=difference(given["own"][-1], given["own"][0]),
        whole=difference(given["whole"][-1], given["whole"][0]),
        top=of_levels[-1],
        entropy=[f"{np.mean(read[name]['entropy']):.2f}" for name in of_levels],
        most=[f"{np.mean(read[name]['most']):.2f}" for name in of_levels],
        even=float(np.mean(read[of_levels[0]]["even"])),
        between=float(np.mean(between)),
        nearest=max(between),
        lost=lost,
        worth=interval(lost_without(found["answers"], None)),
        most_lost={question: max(of.items(), key=lambda one: one[1]) for question, of in shares.items()},
    )


def levels_verdict(lost: Sequence[Interval]) -> Verdict:
    """From what answers lose without each level."""
    used = sum(loss.low > 0 for loss in lost)
    return "supports" if used == len(lost) else "contradicts" if used <= 1 else "undecided"


def lost_without(answers: Answers, name: str | None) -> list[float]:
    """Nats that the answers to facts about each molecule lose on average without a part, or without all."""
    variant = "none" if name is None else f"without {name}"
    facts = [of for question, of in answers.items() if question != DESCRIPTION]
    return np.mean([np.subtract(of["whole"], of[variant]) for of in facts], axis=0).tolist()


def _share(of: Mapping[str, Sequence[float]], name: str) -> float:
    """Of what all tokens are worth to an answer, the part that is lost without these; at least 0."""
    worth = float(np.mean(np.subtract(of["whole"], of["none"])))
    loss = float(np.mean(np.subtract(of["whole"], of[f"without {name}"])))
    return max(0.0, loss / worth) if worth > 0 else 0.0


def _table(answers: Answers, names: Sequence[str]) -> Table:
    variants = ["whole", "none", *(f"{how} {name}" for name in names for how in ("without", "only"))]
    titles = {"whole": "all tokens", "none": "no part says anything"}
    rows = tuple((titles.get(one, one), *(f"{np.mean(of[one]):.2f}" for of in answers.values())) for one in variants)
    return Table(
        ("tokens", *answers), rows, "Log-probability of an answer in nats, mean over molecules; numbers name levels."
    )
