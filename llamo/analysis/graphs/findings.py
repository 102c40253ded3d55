"""What the answers say: paragraphs, figures and verdicts, all made of the numbers. Knows no model."""

from typing import Any

from llamo.analysis.finding import Figure, Finding, Table, Verdict
from llamo.analysis.graphs import figures
from llamo.analysis.graphs.questions import QUESTIONS
from llamo.analysis.graphs.results import Results
from llamo.analysis.intervals import Interval, direction

TEXT, GRAPH, BOTH, PLAIN, CONSTANT = ARMS = (
    "text",
    "graph",
    "graph and text",
    "graph without communities",
    "most frequent answer",
)
SETS = {"synthetic": "synthetic graphs", "real": "parts of real networks"}
_CAVEATS = (
    "A tiny model from scratch: this says nothing about large language models, which have learned to read edge lists.",
    "Every arm saw the same questions in as many steps at one learning rate, tuned for none of them; the text alone "
    "may need longer training.",
    "Seeds change weights and the order of questions. Graphs are the same for all, so intervals leave out the "
    "chance in which graphs were drawn.",
    "GIN of five layers sees five edges far; whether distant nodes are connected it can only guess.",
    "Questions are short and always in the same words, and all answers are one word.",
)


def find(results: Results, *, command: str) -> list[Finding]:
    """The findings: what the graph adds on synthetic and on real graphs, and what communities add."""
    return [
        _graph(results, "synthetic", command),
        _graph(results, "real", command),
        _communities(results, command),
    ]


def verdict(gain: Interval, seeds: int) -> Verdict:
    """Supports where the whole interval is above 0, contradicts where it is below, undecided else or with one seed."""
    return direction(gain) if seeds > 1 else "undecided"


def _graph(results: Results, of: str, command: str) -> Finding:
    gain = results.gain(of, BOTH, TEXT)
    shares = ", ".join(f"{arm} {_percent(results.share(of, arm))}" for arm in (TEXT, GRAPH, BOTH))
    text = (
        f"{_setting(results)} {results.count(of)} questions about {SETS[of]}"
        f"{'' if of == 'synthetic' else ', of which it never saw one in training'}: right, as the mean over kinds of "
        f"question, {shares}; always the most frequent answer {_percent(results.share(of, CONSTANT))}. With the graph "
        f"beside the text it gets {_points(gain)} more right than with the text alone; with the graph alone "
        f"{_points(results.gain(of, GRAPH, TEXT))} more than with the text alone, and "
        f"{_points(results.gain(of, GRAPH, CONSTANT))} more than the most frequent answer. {_by_kind(results, of)} "
        f"{_by_size(results, of)} {_not_learned(results, of)}"
    )
    caveats = _CAVEATS if of == "synthetic" else (*_CAVEATS, *_REAL_CAVEATS)
    return Finding(
        name="graphs" if of == "synthetic" else "graphs-real",
        title="Beyond chemistry" if of == "synthetic" else "From synthetic graphs to real networks",
        claim="With graph tokens beside the text the model answers better than with the text alone (the paper's "
        "ablation of the projector, for molecules). Open: does that hold for graphs of another kind?",
        verdict=verdict(gain, results.seeds),
        text=text,
        command=command,
        figures=(Figure(figures.by_kind_and_size(results, of, (TEXT, GRAPH, BOTH, CONSTANT)), _caption(results, of)),),
        tables=(_kinds_table(results, of, ARMS), _sizes_table(results, of, ARMS)),
        caveats=caveats,
        numbers=_numbers(results, of),
    )


_REAL_CAVEATS = (
    "Four networks only (karate club, Les Miserables, Florentine families, southern women). Their parts overlap, and "
    "are drawn so that half have a cycle and half of the pairs are apart, where it can be had; whole networks differ.",
    "Protein contact graphs were not tried.",
)


def _communities(results: Results, command: str) -> Finding:
    gain, real = (results.gain(of, GRAPH, PLAIN) for of in SETS)
    each = ", ".join(f"{name} {_points(results.gain('synthetic', GRAPH, PLAIN, question=name))}" for name in QUESTIONS)
    text = (
        f"{_setting(results)} Here the graph stands alone in the prompt, with its communities (greedy modularity) as "
        f"motifs or without any; the number of graph tokens is the same. With communities it gets {_points(gain)} more "
        f"right on synthetic graphs ({_percent(results.share('synthetic', GRAPH))} against "
        f"{_percent(results.share('synthetic', PLAIN))}) and {_points(real)} more on parts of real networks. By kind, "
        f"on synthetic graphs: {each}."
    )
    return Finding(
        name="graphs-communities",
        title="Communities in place of functional groups",
        claim="Motif tokens help (the paper's ablation: functional groups of molecules). Open: do communities help in "
        "their place?",
        verdict=verdict(gain, results.seeds),
        text=text,
        command=command,
        figures=(
            Figure(
                figures.two_arms(results, tuple(SETS), (GRAPH, PLAIN)),
                f"Share of right answers with the graph alone, with communities as motifs and without. Mean over "
                f"{results.seeds} seeds, bars are 95 % intervals.",
            ),
        ),
        tables=tuple(_kinds_table(results, of, (GRAPH, PLAIN)) for of in SETS),
        caveats=(
            *_CAVEATS[1:3],
            "A community's row counts its nodes and the edges inside: a count that the mean over nodes loses.",
        ),
        numbers={of: _interval(results.gain(of, GRAPH, PLAIN)) for of in SETS},
    )


def _setting(results: Results) -> str:
    settings = results.settings
    return (
        f"A LLaMo of {results.weights:,} weights was trained from scratch, {results.seeds} "
        f"{'seed' if results.seeds == 1 else 'seeds'} each, for {settings['steps']} steps on questions about "
        f"{settings['graphs']:,} synthetic graphs of 5 to 30 nodes, without those that are asked about."
    )


def _by_kind(results: Results, of: str) -> str:
    each = ", ".join(f"{name} {_points(results.gain(of, BOTH, TEXT, question=name))}" for name in QUESTIONS)
    return f"By kind the graph adds to the text: {each}."


def _by_size(results: Results, of: str) -> str:
    each = ", ".join(
        f"{_percent(results.share(of, BOTH, sizes=(low, high)))} with {low} to {high} nodes"
        for low, high in results.sizes(of)
    )
    return f"By size, graph and text: {each}."


def _not_learned(results: Results, of: str) -> str:
    """The kinds in which no arm is surely better than its most frequent answer."""
    kinds = [
        name
        for name in QUESTIONS
        if all(verdict(results.gain(of, arm, CONSTANT, question=name), results.seeds) != "supports" for arm in ARMS[:3])
    ]
    told = kinds and results.seeds > 1
    return f"No arm surely beats the most frequent answer in: {', '.join(kinds)}." if told else ""


def _caption(results: Results, of: str) -> str:
    return (
        f"Share of right answers to {results.count(of)} questions about {SETS[of]}, by kind of question and (mean over "
        f"kinds) by number of nodes. Mean over {results.seeds} seeds, bars are 95 % intervals."
    )


def _kinds_table(results: Results, of: str, arms: tuple[str, ...]) -> Table:
    rows = [
        (
            arm,
            *(_percent(results.share(of, arm, question=name)) for name in QUESTIONS),
            _percent(results.share(of, arm)),
        )
        for arm in arms
    ]
    return Table(("", *QUESTIONS, "mean"), tuple(rows), f"Right answers, {SETS[of]}, by kind of question.")


def _sizes_table(results: Results, of: str, arms: tuple[str, ...]) -> Table:
    header = ("", *(f"{low} to {high} nodes" for low, high in results.sizes(of)))
    rows = [(arm, *(_percent(results.share(of, arm, sizes=sizes)) for sizes in results.sizes(of))) for arm in arms]
    return Table(header, tuple(rows), f"Right answers, {SETS[of]}, by size, mean over kinds of question.")


def _numbers(results: Results, of: str) -> dict[str, Any]:
    def numbers(arm: str) -> dict[str, Any]:
        kinds = {name: _interval(results.share(of, arm, question=name)) for name in QUESTIONS}
        sizes = {
            f"{low}-{high}": _interval(results.share(of, arm, sizes=(low, high))) for low, high in results.sizes(of)
        }
        return {"mean": _interval(results.share(of, arm)), "kinds": kinds, "sizes": sizes}

    return {"questions": results.count(of), "settings": dict(results.settings), **{arm: numbers(arm) for arm in ARMS}}


def _interval(found: Interval) -> list[float]:
    return [round(value, 4) for value in found]


def _percent(found: Interval) -> str:
    if found.low == found.high:
        return f"{100 * found.mean:.1f} %"
    low, high = max(0.0, found.low), min(1.0, found.high)  # Student's t does not know that these are shares
    return f"{100 * found.mean:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def _points(found: Interval) -> str:
    if found.low == found.high:
        return f"{100 * found.mean:+.1f} points"
    return f"{100 * found.mean:+.1f} [{100 * found.low:+.1f}, {100 * found.high:+.1f}] points"
