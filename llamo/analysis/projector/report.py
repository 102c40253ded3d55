"""Findings about projectors, written from the numbers. Runs nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from llamo.analysis.finding import Figure, Finding, Table
from llamo.analysis.laboratory.result import Result
from llamo.analysis.laboratory.terse import DESCRIPTION
from llamo.analysis.projector import arms
from llamo.analysis.projector.comparison import Compared, Measure, compare
from llamo.analysis.projector.figure import queries_figure, rows_figure
from llamo.analysis.projector.verdict import RULE, verdict

CLAIM = (
    "The projector ablation (arXiv 2411.00871): the multi-level projector beats no graph, MLPs on one layer or on all "
    "layers, the resampler, and itself without motifs (BLEU-4 37.8 against 26.1, 32.4, 33.8, 34.8, 34.4, 36.1)."
)
_CAPTION = "Small points are seeds, large ones their mean with the 95 % interval (Student's t); dotted: multi-level."


def findings(results: Sequence[Result], command: str, *, atoms: int) -> list[Finding]:
    """What a series of `all_arms` found: the paper's table; sharing of attention and queries per level if they ran."""
    compared = compare(results, arms.OURS)
    how, caveats = _how(results), _caveats(results, atoms)
    made = [_table_finding(compared, how)]
    if arms.SHARED in compared:
        made += [_sharing_finding(compared, how), _queries_finding(compared, how)]
    return [Finding(**one, command=command, caveats=caveats) for one in made]


def _how(results: Sequence[Result]) -> str:
    settings, kinds, seeds = results[0].settings, results[0].kinds, len({one.seed for one in results})
    asked = sum(int(kind["rows"]) for name, kind in kinds.items() if name != DESCRIPTION)
    learned, tested = "facts", f"{asked:,} questions about unseen molecules"
    if DESCRIPTION in kinds:
        learned, tested = f"{learned} and descriptions", f"{tested} and {int(kinds[DESCRIPTION]['rows'])} descriptions"
    return (
        f"A tiny LLaMo with random weights learns {learned} for {settings['steps']} steps, the same rows for every "
        f"arm, with {seeds} seed{'s' if seeds > 1 else ''}; molecules are shown as graphs alone unless the arm says "
        f"otherwise. Measured on {tested}. "
    )


def _caveats(results: Sequence[Result], atoms: int) -> tuple[str, ...]:
    settings = results[0].settings
    size = settings["size"]
    return (
        f"The models are tiny (a decoder of {size['layers']} layers and width {size['width']}, nothing frozen) and "
        f"trained for {settings['steps']} steps of about {settings['tokens']:,} tokens; the paper's have 7 billion "
        "pretrained weights and see two epochs. An order that shows here is one of learning quickly.",
        f"Questions are one word each, and formulas are not asked. Molecules have at most {atoms} atoms, so that a "
        "token for every atom stays cheap.",
        "Learning rate and size are the same for all projectors and tuned for none of them.",
    )


def _table_finding(compared: Mapping[str, Compared], how: str) -> dict[str, Any]:
    ordered = (*arms.MORE[:1], *arms.TABLE[:4], *arms.MORE[1:], *arms.TABLE[4:])
    names = [one.name for one in ordered if one.name in compared]
    others = [one.name for one in arms.TABLE if one.name != arms.OURS]
    ours = compared[arms.OURS]
    text = how + _means(ours) + " ".join(_against(compared, names, measure) for measure in ours.measures)
    return {
        "name": "projector",
        "title": "Does the multi-level projector beat the others?",
        "claim": CLAIM,
        "verdict": verdict(compared, others),
        "text": f"{text} {RULE}",
        "figures": (Figure(rows_figure(compared, names, arms.OURS), _CAPTION),),
        "tables": (_table(compared, names),),
        "numbers": _numbers(compared, names),
    }


def _sharing_finding(compared: Mapping[str, Compared], how: str) -> dict[str, Any]:
    names = [arms.OURS, arms.SHARED]
    more = compared[arms.OURS].weights - compared[arms.SHARED].weights
    return {
        "name": "projector-sharing",
        "title": "One attention for all levels, or one per level?",
        "claim": "The paper describes an attention per level, the released code shares one; neither compares them.",
        "verdict": "no claim",
        "text": f"{how}{_means(compared[arms.OURS])}{_pair(compared, arms.SHARED)} An attention per level has "
        f"{more:,} more weights.",
        "figures": (Figure(rows_figure(compared, names, arms.OURS), _CAPTION),),
        "tables": (_table(compared, names),),
        "numbers": _numbers(compared, names),
    }


def _queries_finding(compared: Mapping[str, Compared], how: str) -> dict[str, Any]:
    names = {number: arms.queries_name(number) for number in arms.QUERIES}
    others = " ".join(_pair(compared, name) for name in names.values() if name != arms.OURS)
    return {
        "name": "projector-tokens",
        "title": "How many tokens per level?",
        "claim": "The paper takes 4 queries per level (28 tokens) and shows no other number.",
        "verdict": "no claim",
        "text": f"{how}{_means(compared[arms.OURS])}{others}",
        "figures": (Figure(queries_figure(compared, names), "Points are seeds, the line their mean."),),
        "tables": (_table(compared, list(names.values())),),
        "numbers": _numbers(compared, list(names.values())),
    }


def _means(one: Compared) -> str:
    found = [f"{measure.title}: {one.means[measure.key]:{measure.form}}" for measure in one.measures]
    return f"The multi-level projector with 4 queries per level has {'; '.join(found)}. "


def _against(compared: Mapping[str, Compared], names: Sequence[str], measure: Measure) -> str:
    """Who is surely better, surely worse, or neither."""
    others = [name for name in names if name != arms.OURS]
    groups = {
        "surely better": [name for name in others if compared[name].is_better(measure)],
        "surely worse": [name for name in others if compared[name].is_worse(measure)],
    }
    sure = {name for group in groups.values() for name in group}
    groups["not told apart from it"] = [name for name in others if name not in sure]
    parts = []
    for label, group in groups.items():
        told = [f"{name} ({_signed(compared[name], measure)})" for name in group]
        parts.append(f"{label}: {', '.join(told) or 'none'}")
    return f"By {measure.title.split(',')[0]}, compared with it, {'; '.join(parts)}."


def _pair(compared: Mapping[str, Compared], name: str) -> str:
    one = compared[name]
    return f"Difference of {name}: {', '.join(f'{each.title} {_signed(one, each)}' for each in one.measures)}. "


def _signed(one: Compared, measure: Measure) -> str:
    assert one.differences is not None, "the reference has no difference to itself"
    return f"{one.differences[measure.key]:+{measure.form}}"


def _table(compared: Mapping[str, Compared], names: Sequence[str]) -> Table:
    header = ["projector", "graph tokens", "weights"]
    for measure in compared[arms.OURS].measures:
        header += [measure.title, "difference to multi-level"]
    rows = []
    for name in names:
        one = compared[name]
        cells = [name, "one per atom" if one.graph_tokens is None else str(one.graph_tokens), f"{one.weights:,}"]
        for measure in one.measures:
            cells += [f"{one.means[measure.key]:{measure.form}}"]
            cells += ["" if one.differences is None else _signed(one, measure)]
        rows.append(tuple(cells))
    return Table(tuple(header), tuple(rows), "Means over seeds with 95 % intervals; differences are paired by seed.")


def _numbers(compared: Mapping[str, Compared], names: Sequence[str]) -> dict[str, Any]:
    return {
        name: {
            "values": dict(compared[name].values),
            "differences": {key: list(found) for key, found in (compared[name].differences or {}).items()},
            "graph_tokens": compared[name].graph_tokens,
            "weights": compared[name].weights,
        }
        for name in names
    }
