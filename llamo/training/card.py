"""The model card of a run: what was trained on what, with the numbers that were measured."""

from pathlib import Path
from typing import Any

from llamo.training.parts import Part
from llamo.training.recipe import Recipe


def write_card(path: Path, recipe: Recipe, stages: list[dict[str, Any]]):
    """Writes `README.md` of the model.

    Args:
        path: of the file.
        recipe: of the run.
        stages: per stage `name`, `parts`, `metrics` (last values), `fingerprint`.
    """
    name = Path(recipe.output).name
    lines = ["---", "library_name: transformers", "tags: [llamo, chemistry, molecules]"]
    lines += [f"license: {recipe.licence}"] if recipe.licence else []
    lines += ["---", "", f"# {name}", "", recipe.description or "A LLaMo model (arXiv 2411.00871).", ""]
    lines += ["Load it with the `llamo` package: `import llamo`, then `AutoModel.from_pretrained(..)`.", ""]
    for stage in stages:
        lines += [f"## Stage {stage['name']}", "", *_parts(stage["parts"]), "", *_metrics(stage["metrics"]), ""]
        lines += [*_data(stage["fingerprint"]), ""]
    lines += _limits(recipe)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _parts(parts: list[Part]) -> list[str]:
    rows = [f"| {p.name} | {p.training} | {p.parameters:,} | {p.trainable:,} |" for p in parts]
    return ["| part | trains | parameters | trainable |", "|---|---|---:|---:|", *rows]


def _metrics(metrics: dict[str, Any]) -> list[str]:
    rows = [f"| {name} | {value:.6g} |" for name, value in metrics.items() if isinstance(value, int | float)]
    return ["| measured at the end | |", "|---|---:|", *rows]


def _data(fingerprint: dict[str, Any]) -> list[str]:
    rows = []
    for source in fingerprint["sources"]:
        bad = ", ".join(f"{kind} {number}" for kind, number in source["bad_rows"].items()) or "none"
        content = source.get("sha256") or source.get("revision") or source.get("fingerprint") or ""
        rows.append(f"| {Path(source['source']).name} | {source['rows']:,} | {bad} | `{str(content)[:12]}` |")
    return ["| data | rows | left out | content |", "|---|---:|---|---|", *rows]


def _limits(recipe: Recipe) -> list[str]:
    licence = "" if recipe.licence else " The recipe names no licence: that of the language model and data applies."
    return [
        "## Limits",
        "",
        "Answers can be wrong about any molecule and are no basis for work with substances. Nothing beyond the numbers "
        f"above was measured.{licence}",
    ]
