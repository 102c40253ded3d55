"""What is on record about a model: config, weights, the run that made it, scores. Reads files, loads no model."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class ModelRecord:
    """What the files say.

    Attributes:
        name: of the model, taken from its folder; of a run's `model/` or `adapter/` from the run's folder.
        config: of the model; empty for an adapter.
        adapter: of PEFT; empty for a model.
        weights: numbers in the folder's safetensors files.
        has_captions: whether there is an index of captions to retrieve from.
        recipe: of the run of `llamo train`; empty without.
        stages: of that run, as its `result.json` files say: `name`, `parts`, `metrics`, `fingerprint`.
        log: last values that a bare `Trainer` logged, where there is no run of `llamo train`.
        scores: results of `llamo evaluate`.
    """

    name: str
    config: dict[str, Any]
    adapter: dict[str, Any]
    weights: int
    has_captions: bool
    recipe: dict[str, Any] = field(default_factory=dict)
    stages: Sequence[dict[str, Any]] = ()
    log: dict[str, Any] = field(default_factory=dict)
    scores: Sequence[dict[str, Any]] = ()

    @property
    def base(self) -> str | None:
        """What training started from, as it was named; None where nobody wrote it down."""
        model = self.recipe.get("model", {})
        return model.get("llamo") or model.get("text_model") or self.adapter.get("base_model_name_or_path")


def read_record(folder: Path, scores: Iterable[Path] = ()) -> ModelRecord:
    """The record of a model or adapter folder.

    Args:
        folder: of `save_pretrained`. A run of `llamo train` or the checkpoints of a `Trainer` are looked for around it.
        scores: `scores.json` files of `llamo evaluate`, or folders that hold some at any depth.

    Raises:
        ValueError: the folder holds no model, or a path no scores.
    """
    config, adapter = _json(folder / "config.json"), _json(folder / "adapter_config.json")
    if not config and not adapter:
        raise ValueError(f"{folder} holds no config.json: give the folder of a model, as save_pretrained writes it")
    folder = folder.resolve()
    recipe, stages = _run(folder.parent)
    return ModelRecord(
        name=folder.parent.name if recipe else folder.name,
        config=config,
        adapter=adapter,
        weights=sum(_weights(path) for path in sorted(folder.glob("*.safetensors"))),
        has_captions=(folder / "retrieval.jsonl.gz").is_file(),
        recipe=recipe,
        stages=stages,
        log={} if stages else _trainer_log(folder),
        scores=[_json(path) for place in scores for path in _score_files(place)],
    )


def _json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _run(folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Recipe and finished stages of a folder of `llamo train`."""
    recipe = folder / "recipe.yaml"
    if not recipe.is_file():
        return {}, []
    values = yaml.safe_load(recipe.read_text(encoding="utf-8"))
    places = [folder / f"{number}-{stage['name']}" for number, stage in enumerate(values["stages"], start=1)]
    return values, [found for place in places if (found := _json(place / "result.json"))]


def _trainer_log(folder: Path) -> dict[str, Any]:
    """Last logged value of each name, from the furthest checkpoint in the folder or beside it."""
    found = [_json(path) for place in (folder, folder.parent) for path in place.glob("checkpoint-*/trainer_state.json")]
    history = max(found, key=lambda state: state["global_step"])["log_history"] if found else []
    return {name: value for line in history for name, value in line.items()}


def _weights(path: Path) -> int:
    from safetensors import safe_open

    with safe_open(path, framework="np") as file:
        return sum(prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118, no mapping


def _score_files(place: Path) -> list[Path]:
    found = [place] if place.is_file() else sorted(place.rglob("scores.json"))
    if not found:
        raise ValueError(f"{place} holds no scores.json: give what `llamo evaluate MODEL --output FOLDER` wrote")
    return found
