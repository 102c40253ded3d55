"""The findings about depth: verdicts by rule, and words around the numbers. Knows no model."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from llamo.analysis.finding import Figure, Finding, Table, Verdict
from llamo.analysis.intervals import Interval, difference, interval
from llamo.analysis.over_smoothing import figures
from llamo.analysis.over_smoothing.depths import FROM_LEVEL, Plan
from llamo.analysis.over_smoothing.figures import Encoders
from llamo.analysis.texts import paragraph

# Less of the variance than this left among the atoms of a molecule is called a collapse.
COLLAPSED = 0.1
MEASURES = {
    "centred": "distance",
    "within": "variance within",
    "energy": "energy over bonds",
    "apart": "pairs told apart",
    "rank": "effective rank by atoms",
    "distance": "distance, mean not subtracted",
}
TEXTS = Path(__file__).parent


def depth(plan: Plan, name: str, fresh: Encoders, trained: Encoders, given: Mapping[str, Any], picture: str) -> Finding:
    """Whether states get more alike with depth.

    Args:
        plan: what was measured.
        name: of the trained model.
        fresh: numbers of encoders with random weights, by depth and seed.
        trained: numbers of trained ones.
        given: numbers of the trained model's encoder.
        picture: of its node states.
    """
    changes, levels = _changes(plan, trained, given), given["levels"]
    text = paragraph(
        TEXTS / "depth.txt.jinja",
        plan=plan,
        name=name,
        first=interval(levels[1]["centred"]),
        last=interval(levels[-1]["centred"]),
        top=len(levels) - 1,
        trained={layers: _last(trained, layers, "centred") for layers in plan.depths},
        fresh={layers: _last(fresh, layers, "centred") for layers in plan.depths},
        changes=changes,
        apart=[float(np.mean(levels[level]["apart"])) for level in (0, 1, -1)],
    )
    curves = (
        "Mean cosine distance of two atoms of a molecule after the mean state is subtracted, and pairs of atoms that "
        "differ by more than 1 % of the typical distance. Bands are the range of seeds, bars 95 % intervals."
    )
    planes = (
        "The trained model's node states on the two main axes of all atoms' states (grey); lines are bonds. Atoms "
        "outside the grey cloud's 98 % are drawn at its edge."
    )
    return Finding(
        "over-smoothing",
        "Do atoms of a molecule get more alike with every layer?",
        "Figures 2 and 7 show node states of graph encoders of 1, 2, 4 and 5 layers that come closer as layers are "
        "added (over-smoothing), the paper's reason for reading every level instead of the last.",
        trend_verdict(list(changes.values())),
        text,
        command(plan),
        (Figure(figures.depth(fresh, trained, given), curves), Figure(picture, planes)),
        (_table(plan, fresh, trained, given),),
        _caveats(plan, trained),
        {
            "changes": _plain(changes),
            "given": [{of: float(np.mean(values)) for of, values in level.items()} for level in levels],
            "trained": _all_last(trained),
            "fresh": _all_last(fresh),
        },
    )


def _changes(plan: Plan, trained: Encoders, given: Mapping[str, Any]) -> dict[str, Interval]:
    """Changes of the distance that decide."""
    levels, least = given["levels"], plan.depths[0]
    found = {f"the model's level 1 to {len(levels) - 1}": difference(levels[-1]["centred"], levels[1]["centred"])}
    for layers in dict.fromkeys((paper_depth(plan), plan.depths[-1])):
        change = difference(_values(trained, layers, "centred"), _values(trained, least, "centred"))
        found[f"trained, {least} to {layers} layers"] = change
    return found


def trend_verdict(changes: Sequence[Interval]) -> Verdict:
    """Whether all intervals are below 0, or none."""
    below = [change.high < 0 for change in changes]
    return "supports" if all(below) else "undecided" if any(below) else "contradicts"


def collapse(plan: Plan, name: str, fresh: Encoders, trained: Encoders, given: Mapping[str, Any]) -> Finding:
    """Whether states collapse, and how fast against theory; arguments as of `depth`."""
    near, far = paper_depth(plan), plan.depths[-1]
    left = {
        f"{name}, level {len(given['levels']) - 1}": interval(given["levels"][-1]["within"]),
        **{f"trained, {layers} layers": _last(trained, layers, "within") for layers in dict.fromkeys((near, far))},
    }
    seeds = [one["collapse"] for one in fresh[far]]
    eigenvalues, factors = (
        seeds[0]["eigenvalues"],
        {way: [one["rates"][way] for one in seeds] for way in seeds[0]["rates"]},
    )
    numbers = {
        "eigenvalues": float(np.median(eigenvalues)),
        "factors": {way: float(np.median(of)) for way, of in factors.items()},
        "agree": float(np.corrcoef(eigenvalues, np.mean(factors["without BatchNorm"], axis=0))[0, 1]),
        "beside": {way: float(np.mean([one["medians"][way][-2] for one in seeds])) for way in factors},
    }
    half = np.log(0.5) / np.log(numbers["eigenvalues"])
    more = {"half": half, "from_level": FROM_LEVEL, "layers": far, "left": left, "limit": COLLAPSED}
    curves = (
        "Left: median over molecules of what states hold beside their main direction; the last level has no ReLU "
        f"before it. Right: a point per molecule, the factor per layer from level {FROM_LEVEL} on in fresh encoders "
        f"of {far} layers, against the linear model's."
    )
    return Finding(
        "over-smoothing-collapse",
        "Do node states collapse, and how fast?",
        "The caption of figures 2 and 7: as the number of layers increases, node representations collapse.",
        collapse_verdict(list(left.values())),
        paragraph(TEXTS / "collapse.txt.jinja", **numbers, **more),
        command(plan),
        (Figure(figures.rates(fresh, trained, given), curves),),
        caveats=(
            "BatchNorm's statistics are, in encoders that were made here, those of the measured molecules, as in "
            "training; in the trained model its running ones. What deep encoders lose beyond similarity, such as "
            "gradients, is not measured here.",
            "A collapse is set at a tenth of the variance; the table of the finding about depth has the numbers for "
            "any other limit.",
            *_caveats(plan, trained),
        ),
        numbers={**numbers, "within": _plain(left), "of the model": given["beside"]},
    )


def collapse_verdict(left: Sequence[Interval]) -> Verdict:
    """From the variance left in the trained model, at the paper's depth, and in the deepest encoder."""
    if all(value.low > COLLAPSED for value in left):
        return "contradicts"
    return "supports" if all(value.high < COLLAPSED for value in left[:2]) else "undecided"


def command(plan: Plan) -> str:
    """The command that repeats it, with what is not default."""
    names = ("molecules", "width", "steps", "seeds", "asked")
    options = [f"--{name} {getattr(plan, name)}" for name in names if getattr(plan, name) != getattr(Plan, name)]
    depths = [f"--depth {one}" for one in plan.depths] if plan.depths != Plan.depths else []
    return " ".join(["llamo analyze over-smoothing", *options, *depths])


def paper_depth(plan: Plan) -> int:
    """The paper's five layers, or what is nearest to them."""
    return min(plan.depths[1:], key=lambda one: abs(one - 5))


def _caveats(plan: Plan, trained: Encoders) -> tuple[str, ...]:
    learned = [f"{np.mean([one['learned'] for one in of]):.0%} with {layers}" for layers, of in trained.items()]
    return (
        f"The encoders that were trained here are {plan.width} wide, the paper's 300, and were trained for "
        f"{plan.steps} steps of 32 molecules only, to tell functional groups from the mean of the last level. Of the "
        f"loss of guessing each group's frequency they take away, by number of layers, {', '.join(learned)}.",
        "Molecules are the demo's, of 10 to 41 atoms; some may be among those that the trained model saw.",
    )


def _values(encoders: Encoders, layers: int, measure: str) -> list[float]:
    return [one["levels"][-1][measure] for one in encoders[layers]]


def _last(encoders: Encoders, layers: int, measure: str) -> Interval:
    return interval(_values(encoders, layers, measure))


def _table(plan: Plan, fresh: Encoders, trained: Encoders, given: Mapping[str, Any]) -> Table:
    """All measures: of the trained model by level, and of the last level by depth."""
    rows = [
        (f"trained model, level {number}", *(f"{np.mean(level[measure]):.2f}" for measure in MEASURES))
        for number, level in enumerate(given["levels"])
    ]
    for name, encoders in (("trained here", trained), ("fresh", fresh)):
        rows += [
            (f"{name}, {layers} layers", *(f"{_last(encoders, layers, measure).mean:.2f}" for measure in MEASURES))
            for layers in plan.depths
        ]
    caption = (
        "Means over molecules and seeds; of encoders that were made here, the last level. Distance: mean cosine "
        "distance of two atoms of a molecule, that is one minus their mean cosine. Energy: mean squared difference "
        "over bonds by that of any two atoms."
    )
    return Table(("states", *MEASURES.values()), tuple(rows), caption)


def _all_last(encoders: Encoders) -> dict[str, list[Mapping[str, float]]]:
    return {str(layers): [one["levels"][-1] for one in seeds] for layers, seeds in encoders.items()}


def _plain(intervals: Mapping[str, Interval]) -> dict[str, list[float]]:
    return {name: list(value) for name, value in intervals.items()}
