"""The compact model's card: the template filled with what was measured. Computes nothing."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

_TITLES = {"full": "llamo-compact", "text-only": "twin, text only", "single-layer": "twin, single-layer projector"}
_VIEWS = {
    "both": "SMILES and graph",
    "graph": "graph alone",
    "smiles": "SMILES alone (graph removed)",
    "both-shuffled": "SMILES, and the graph of another molecule",
    "graph-shuffled": "the graph of another molecule alone",
}
# Edwards et al. 2022 (MolT5, arXiv 2204.11817), trained on the usual 26,407 descriptions; SciBERT's tokens too.
_PUBLISHED = (
    ("RNN, published", "-", "17.6", "-", "-", "-", "-"),
    ("Transformer from scratch, published", "-", "2.7", "-", "-", "-", "-"),
    ("MolT5-small, 77 million weights, pretrained, published", "51.9", "43.6", "55.1", "62.0", "46.9", "56.3"),
)
# Of names and properties, with what they are multiplied by.
_TASK_METRICS = {
    "exact_string": ("the very name", 100),
    "structure_accuracy": ("a name of the molecule", 100),
    "mae": ("MAE", 1),
    "spearman": ("Spearman", 1),
    "balanced_accuracy": ("balanced accuracy", 100),
    "auroc": ("AUROC", 100),
}
_METRICS = {
    "bleu_2": "BLEU-2",
    "bleu_4": "BLEU-4",
    "meteor": "METEOR",
    "rouge_1": "ROUGE-1",
    "rouge_2": "ROUGE-2",
    "rouge_l": "ROUGE-L",
}


def write_card(found: Mapping[str, Any], path: Path):
    """Writes the card with the numbers of `examples/04_measure_compact.py`."""
    loader = PackageLoader("llamo.compact", package_path="", encoding="utf-8")
    environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["percent"] = _percent
    template = environment.get_template("card.md.jinja")
    tables = {
        "descriptions": _descriptions(found["twins"], found["nearest"]),
        "shipped": _shipped(found),
        "graphs": _graphs(found["twins"]),
        "facts": _facts(found["twins"]),
        "sizes": _sizes(found["twins"]),
        "tasks": _tasks(found["tasks"]),
        "curve": _curve(found["twins"]["full"]["curve"]),
        "bins": _table(
            ("answers", "confidence", "right"),
            [(one["rows"], _percent(one["confidence"]), _percent(one["right"])) for one in found["confidence"]["bins"]],
        ),
    }
    path.write_text(template.render(found=found, tables=tables) + "\n", encoding="utf-8")


def _descriptions(twins: Mapping[str, Any], nearest: Mapping[str, Any]) -> str:
    """Every model in the view it was trained for, with and without retrieval, below what is published."""
    rows = [(title, *numbers) for title, *numbers in _PUBLISHED]
    rows.append(("description of the nearest training molecule", *_intervals(nearest)))
    for twin, title in _TITLES.items():
        own = "smiles" if twin == "text-only" else "both"
        for name, scores in twins.get(twin, {"answers": {}})["answers"].items():
            prepared, view, beams = name.split(":")
            if prepared in ("test-0", "test-3") and view == own:
                how = "greedy" if beams == "1" else f"{beams} beams"
                asked = f"{title}, {_retrieved(prepared.removeprefix('test-'))}, {how}"
                rows.append((asked, *_intervals(scores)))
    return _table(("ChEBI-20 test, 3,300 molecules", *_METRICS.values()), rows)


def _shipped(found: Mapping[str, Any]) -> str:
    """The model as it comes: halved weights, later ends."""
    rows = [
        (_retrieved(name.split(":")[0].removeprefix("test-")), *_intervals(scores))
        for name, scores in found["shipped"].items()
    ]
    head = f"as shipped, first {found['rows']} test molecules"
    return _table((head, *_METRICS.values()), rows)


def _graphs(twins: Mapping[str, Any]) -> str:
    """What the graph is worth: true, shuffled, removed."""
    answers, rows = twins["full"]["answers"], []
    for view, title in _VIEWS.items():
        cells = []
        for prepared in ("test-0", "test-3"):
            scores = answers.get(f"{prepared}:{view}:1")
            cells.append("-" if scores is None else _interval(scores["bleu_4"]))
        facts = answers.get(f"test-facts:{view}:1")
        rows.append((title, *cells, "-" if facts is None else _percent(facts["facts"]["mean"])))
    return _table(("shown", "BLEU-4", "BLEU-4, 3 captions retrieved", "facts right, mean of 19 kinds"), rows)


def _facts(twins: Mapping[str, Any]) -> str:
    columns: dict[str, Mapping[str, float]] = {}
    for twin, view in (("full", "both"), ("full", "graph"), ("text-only", "smiles"), ("single-layer", "both")):
        scores = twins.get(twin, {"answers": {}})["answers"].get(f"test-facts:{view}:1")
        if scores is not None:
            columns[_TITLES[twin] + (", graph alone" if view == "graph" else "")] = scores["facts"]
    kinds = next(iter(columns.values()), {})
    rows = [(kind, *(_percent(shares[kind]) for shares in columns.values())) for kind in kinds]
    return _table(("question", *columns), rows)


def _sizes(twins: Mapping[str, Any]) -> str:
    found = twins["full"]["answers"].get("test-facts:both:1", {"formula_by_size": []})["formula_by_size"]
    return _table(
        ("heavy atoms", "molecules", "formula right"),
        [(f"{row['over'] + 1} to {row['up_to']}", row["molecules"], _percent(row["right"])) for row in found],
    )


def _tasks(results: Mapping[str, Any]) -> str:
    """Names and properties: the scores that say most, of those that a task has."""
    rows = []
    for task, result in results.items():
        scores = [
            f"{title} {_interval(result['scores'][metric], scale)}"
            for metric, (title, scale) in _TASK_METRICS.items()
            if metric in result["scores"]
        ]
        rows.append((task, result["rows"], ", ".join(scores)))
    return _table(("task", "test rows", "scores"), rows)


def _curve(lines: Sequence[Mapping[str, Any]]) -> str:
    losses = {line["step"]: line["loss"] for line in lines if "loss" in line}
    rows = []
    for line in lines:
        if "validation_loss" in line:
            near = losses[max(step for step in losses if step <= line["step"])]
            seen = line["validation_loss"]
            rows.append(
                (line["step"], f"{near:.2f}", *(f"{seen[kind]:.2f}" for kind in ("description", "retrieved", "facts")))
            )
    return _table(("step", "training", "descriptions", "with captions", "facts"), rows)


def _retrieved(count: str) -> str:
    return "no retrieval" if count == "0" else f"{count} captions retrieved"


def _intervals(scores: Mapping[str, Any]) -> list[str]:
    return [_interval(scores[metric]) for metric in _METRICS]


def _interval(score: Mapping[str, float | None], scale: float = 100) -> str:
    value, low, high = (
        "" if score[name] is None else format(scale * (score[name] or 0.0), ".1f" if scale == 100 else ".3g")
        for name in ("value", "low", "high")
    )
    return f"{value} [{low}, {high}]" if low and high else value


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
