"""The model card: the template filled with what is on record. The rest is called unknown, never guessed."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from llamo.hub.record import ModelRecord, read_record

FILE = "README.md"


def write_card(
    folder: Path,
    *,
    name: str | None = None,
    licence: str | None = None,
    description: str | None = None,
    data: str | None = None,
    scores: Iterable[Path] = (),
    overwrite: bool = False,
) -> Path:
    """Writes `README.md` of a model or adapter folder.

    Args:
        folder: of `save_pretrained`, or `model/` or `adapter/` of a run of `llamo train`, whose recipe and results
            then fill the card.
        name: of the model; default that of its folder or run.
        licence: of the weights, as the Hub spells it, such as `apache-2.0`; default the recipe's.
        description: a sentence or more; default the recipe's.
        data: what was trained on, and under which licence, in words; added to what the run recorded.
        scores: `scores.json` of `llamo evaluate`, or folders with some.
        overwrite: replace the card that is there.

    Returns:
        The path of the card.

    Raises:
        ValueError: no model in the folder, no scores at a path, or a card is there and `overwrite` is off.
    """
    path = folder / FILE
    record = read_record(folder, scores)
    if path.exists() and not overwrite:
        raise ValueError(f"{path} is there; pass --overwrite to replace it")
    loader = PackageLoader("llamo.hub", package_path="", encoding="utf-8")
    environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"score": _score, "cell": _cell, "content": _content, "bad": _bad, "file": _file}
    text = environment.get_template("card.md.jinja").render(
        record=record,
        name=name or record.name,
        licence=licence or record.recipe.get("licence") or "unknown",
        description=description or record.recipe.get("description") or "",
        data=data or "",
        base=_base(record),
        built=_built(record.config),
        log=_numbers(record.log),
        stages=[{**stage, "numbers": _numbers(stage["metrics"])} for stage in record.stages],
    )
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return path


def _built(config: Mapping[str, Any]) -> str:
    """The architecture in one line."""
    if not config:
        return ""

    def told(part: str, name: str) -> Any:
        return config.get(f"{part}_config", {}).get(name, "unknown")

    return (
        f"GIN of {told('graph', 'num_hidden_layers')} layers, width {told('graph', 'hidden_size')}; "
        f"projector `{told('projector', 'projector_type')}`; language model `{told('text', 'model_type')}`"
    )


def _base(record: ModelRecord) -> str | None:
    """What training started from: a Hub id as it is, of a local folder its last name, for paths tell about machines."""
    if record.base is None:
        return None
    return Path(record.base).name if Path(record.base).is_absolute() or Path(record.base).exists() else record.base


def _numbers(values: Mapping[str, Any]) -> dict[str, float]:
    return {name: value for name, value in values.items() if isinstance(value, int | float)}


def _score(score: Mapping[str, float | None]) -> str:
    value, low, high = ("-" if score.get(end) is None else f"{score[end]:.4g}" for end in ("value", "low", "high"))
    return value if low == "-" or high == "-" else f"{value} [{low}, {high}]"


def _cell(text: Any) -> str:
    """Text that does not end a table's cell."""
    return " ".join(str(text).split()).replace("|", "\\|")


def _content(source: Mapping[str, Any]) -> str:
    found = source.get("sha256") or source.get("revision") or source.get("fingerprint")
    return f"`{str(found)[:12]}`" if found else "unknown"


def _file(source: str) -> str:
    """A file's name without its folders; a Hub id or a task as it is."""
    return Path(source).name if Path(source).suffix or Path(source).is_absolute() else source


def _bad(source: Mapping[str, Any]) -> str:
    return ", ".join(f"{kind} {number}" for kind, number in source["bad_rows"].items()) or "none"
