"""Findings about the use of graphs, written from the numbers. Runs nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from llamo.analysis.finding import Figure, Finding, Table, Verdict
from llamo.analysis.graph_use.figure import VIEWS, costs_figure, gaps_figure, parts_figure
from llamo.analysis.graph_use.measuring import Answers
from llamo.analysis.graph_use.preference import WITH, WITHOUT, Tuned
from llamo.analysis.graph_use.variants import GRAPHS, PARTS, REMOVED, SHARE, SHUFFLED, TRUE
from llamo.analysis.intervals import Interval, difference, over_rows

Costs = Mapping[str, Mapping[str, Mapping[str, Interval]]]

CLAIM = "The projector ablation (arXiv 2411.00871): SMILES alone are far worse than SMILES with graphs."
_RULE = (
    "Supports: with SMILES in the prompt, taking the graph away surely costs likelihood in more than half of the kinds "
    "and surely gains in none. Contradicts: it surely costs in none. Surely: the 95 % interval (bootstrap over "
    "molecules) leaves out 0."
)
_PREFERENCE_RULE = (
    "Supports: the difference in what another molecule's graph costs, with preference less without, is surely above 0 "
    "in at least one test and surely below in none. Contradicts: surely below in one. Surely: the 95 % interval, "
    "paired by seed, leaves out 0."
)


def costs(answers: Sequence[Answers]) -> Costs:
    """By kind, view and graphs: nats per token lost against the true graph, the mean over molecules."""
    return {
        one.kind: {
            view: {
                name: over_rows((one.by_molecule("loss", view, name) - one.by_molecule("loss", view, TRUE)).tolist())
                for name in graphs
                if name != TRUE
            }
            for view, graphs in GRAPHS.items()
        }
        for one in answers
    }


def use_finding(answers: Sequence[Answers], command: str, *, model: str) -> Finding:
    """Whether the model uses its graphs."""
    found = costs(answers)
    wanted = (SHUFFLED, REMOVED)
    removed = {kind: views["both"][REMOVED] for kind, views in found.items()}
    surely = [kind for kind, cost in removed.items() if cost.low > 0]
    gained = [kind for kind, cost in removed.items() if cost.high < 0]
    misled = [kind for kind, views in found.items() if views["both"][SHUFFLED].low > 0]
    alone = [kind for kind, views in found.items() if views["graph"][REMOVED].low > 0]
    caption = "Mean over molecules with 95 % interval; the axis is logarithmic beyond 0.5 nats per token."
    return Finding(
        name="graph-use",
        title="Does the language model use the graph?",
        claim=CLAIM,
        verdict=_use_verdict(list(removed.values())),
        text=(
            f"{model} is asked {len(found)} kinds of questions about molecules it has not learned "
            f"({_number_of_molecules(answers)} of each kind) with the true graph, with that of another molecule of the "
            "same kind of question, and without a graph; with the SMILES in the prompt and without. It has learned all "
            "of these prompts but the wrong graphs. With the SMILES there, taking the graph away surely lowers the "
            f"likelihood of the truth for {_named(surely)} and raises it for {_named(gained)}; another molecule's "
            f"graph lowers it for {_named(misled)}, though the SMILES stays true. Without the SMILES the graph is "
            f"needed for {_named(alone)}. {_RULE}"
        ),
        command=command,
        figures=(Figure(costs_figure(found, wanted), caption),),
        tables=(_costs_table(found, wanted), _right_table(answers)),
        caveats=(
            "One trained model, so the intervals cover molecules and not training runs.",
            "Prompts without a graph were a tenth of its training, prompts without SMILES four tenths: a part of what "
            "a missing graph costs is that such prompts are rarer.",
        ),
        numbers=_numbers(found),
    )


def parts_finding(answers: Sequence[Answers], command: str) -> Finding:
    """Which parts of the graph count."""
    found = {kind: views["graph"] for kind, views in costs(answers).items()}
    names = (*PARTS, SHUFFLED, REMOVED)
    means = {name: sum(views[name].mean for views in found.values()) / len(found) for name in PARTS}
    wrong = sum(views[SHUFFLED].mean for views in found.values()) / len(found)
    order = sorted(PARTS, key=lambda name: -means[name])
    sure = {name: [kind for kind, views in found.items() if views[name].low > 0] for name in PARTS}
    return Finding(
        name="graph-use-parts",
        title="What of the graph is used?",
        claim="The paper shows that functional groups help (37.8 against 36.1 BLEU-4) and takes no graph apart.",
        verdict="no claim",
        text=(
            f"The same questions with the graph alone in the prompt, and a part of it spoiled: {SHARE:.0%} of the "
            f"bonds moved to other atoms, {SHARE:.0%} of the atoms unknown, all bonds single, the functional groups "
            "left out, or the groups true and the atoms and bonds those of another molecule. Mean cost over kinds, in "
            "nats per token: "
            + "; ".join(f"{name} {means[name]:+.2f} (surely above 0 for {_named(sure[name])})" for name in order)
            + f". Another molecule's whole graph costs {wrong:+.2f}."
        ),
        command=command,
        figures=(
            Figure(parts_figure(found, names), "Cost in nats per token; bold where the 95 % interval leaves out 0."),
        ),
        tables=(_parts_table(found, names),),
        caveats=(
            "Spoiled graphs are no molecules, and the model has never seen such: a cost says that the part is read, "
            "not what it is needed for.",
            "An atom's features tell its degree, hybridisation and whether it is in a ring, so that moved bonds leave "
            "much of the structure to be read.",
            "Groups stay true where atoms and bonds are spoiled, except where the column says otherwise.",
        ),
        numbers=_numbers({kind: {"graph": views} for kind, views in found.items()}),
    )


def preference_finding(tuned: Mapping[str, Sequence[Tuned]], command: str) -> Finding:
    """What graph preference changes."""
    tests = list(tuned[WITH][0].loss)
    gaps = {test: {way: [one.gap(test) for one in runs] for way, runs in tuned.items()} for test in tests}
    changes = {test: difference(ways[WITH], ways[WITHOUT]) for test, ways in gaps.items()}
    truths = {
        test: difference(*([one.loss[test][TRUE] for one in tuned[way]] for way in (WITH, WITHOUT))) for test in tests
    }
    right = {way: [100 * one.right[TRUE] for one in runs] for way, runs in tuned.items()}
    steps, seeds = tuned[WITH][0].settings["tuning"]["steps"], len(tuned[WITH])
    told = "; ".join(
        f"{test}: another molecule's graph costs {sum(gaps[test][WITHOUT]) / seeds:.3f} nats per token without "
        f"preference and {sum(gaps[test][WITH]) / seeds:.3f} with it (difference {changes[test]:+.3f}), the loss with "
        f"true graphs changes by {truths[test]:+.3f}"
        for test in tests
    )
    return Finding(
        name="graph-preference",
        title="Does graph preference make a model use its graphs?",
        claim="Mol-LLM (arXiv 2502.02810): preferring the true graph to a wrong one makes a model use its graphs more.",
        verdict=_preference_verdict(list(changes.values())),
        text=(
            f"A tiny LLaMo with SMILES and graph in its prompts is trained on for {steps} steps with and without the "
            f"preference loss (weight 0.25, wrong graphs from the batch), {seeds} seeds, paired. {told}. Facts right: "
            f"{sum(right[WITHOUT]) / seeds:.1f} % without, {sum(right[WITH]) / seeds:.1f} % with it (difference "
            f"{difference(right[WITH], right[WITHOUT]):+.1f}). {_PREFERENCE_RULE}"
        ),
        command=command,
        figures=(
            Figure(
                gaps_figure(gaps, "cost of another graph, nats per token"),
                "Each line is a seed; 0: graphs are ignored.",
            ),
        ),
        caveats=(
            "A model of a decoder with two layers, trained for minutes; a step with preference reads twice the tokens.",
            "Whether graphs are used is measured with the same kind of wrong graphs that preference trains against.",
        ),
        numbers={"gaps": gaps, "right": right},
    )


def _use_verdict(removed: Sequence[Interval]) -> Verdict:
    surely = sum(cost.low > 0 for cost in removed)
    if not surely:
        return "contradicts"
    gained = any(cost.high < 0 for cost in removed)
    return "supports" if 2 * surely > len(removed) and not gained else "undecided"


def _preference_verdict(changes: Sequence[Interval]) -> Verdict:
    if any(change.high < 0 for change in changes):
        return "contradicts"
    # One seed has an interval without width, which shows nothing.
    return "supports" if any(change.low > 0 and change.low < change.high for change in changes) else "undecided"


def _number_of_molecules(answers: Sequence[Answers]) -> str:
    numbers = sorted({len(set(one.molecules)) for one in answers})
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def _named(kinds: Sequence[str]) -> str:
    return ", ".join(kinds) if kinds else "none"


def _costs_table(found: Costs, graphs: Sequence[str]) -> Table:
    header = ["question", *(f"{title}: {name}" for title in VIEWS.values() for name in graphs)]
    rows = [
        (kind, *(f"{views[view][name]:+.3f}" for view in VIEWS for name in graphs)) for kind, views in found.items()
    ]
    return Table(tuple(header), tuple(rows), "Nats per token lost against the true graph, with 95 % intervals.")


def _right_table(answers: Sequence[Answers]) -> Table:
    header = ["question", *(f"{VIEWS[view]}: {name}" for view in VIEWS for name in GRAPHS["both"])]
    rows = [
        (
            one.kind,
            *(f"{100 * one.by_molecule('right', view, name).mean():.0f}" for view in VIEWS for name in GRAPHS["both"]),
        )
        for one in answers
    ]
    return Table(tuple(header), tuple(rows), "Answers that greedy search gives word for word, in per cent.")


def _parts_table(found: Mapping[str, Mapping[str, Interval]], graphs: Sequence[str]) -> Table:
    rows = [(kind, *(f"{views[name]:+.2f}" for name in graphs)) for kind, views in found.items()]
    return Table(("question", *graphs), tuple(rows), "Nats per token lost against the true graph, with 95 % intervals.")


def _numbers(found: Costs) -> dict[str, Any]:
    return {
        kind: {view: {name: list(cost) for name, cost in graphs.items()} for view, graphs in views.items()}
        for kind, views in found.items()
    }
