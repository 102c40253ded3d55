"""A training recipe: typed, read from YAML, changed by `key.path=value`, checked before anything is loaded."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import yaml

from llamo.training.yaml_text import read_yaml

# Far more than a recipe has; aliases can make a short file endless.
_MOST_VALUES = 100_000

Training = Literal["frozen", "full"]
TextTraining = Literal["frozen", "lora", "full"]


@dataclass
class ModelRecipe:
    """What is trained.

    Attributes:
        llamo: folder or Hub id of a LLaMo to go on from; it brings everything but the three options of loading.
        text_model: folder or Hub id of a causal language model.
        text_config: config (with `model_type`) of a language model to begin from scratch; excludes `text_model`.
        tokenizer_vocab_size: of the tokenizer that is then made of the first stage's texts.
        graph_encoder: folder of a `LlamoGraphEncoder`, or a MoleculeSTM or GraphCL file; None begins from scratch.
        graph_encoder_layout: of `graph_encoder`: "llamo" (a folder), "moleculestm", "graphcl".
        graph_config: fields of `LlamoGraphConfig`, for an encoder from scratch.
        projector_config: fields of `LlamoProjectorConfig`.
        load_in_4bit: quantise the language model where LoRA trains on it (QLoRA); needs bitsandbytes.
        dtype: of the loaded language model, as in `from_pretrained`.
        attn_implementation: as in `from_pretrained`.
        processor: options of `LlamoProcessor`, such as `include_smiles`; `released: true` takes the released prompt.
    """

    llamo: str | None = None
    text_model: str | None = None
    text_config: dict[str, Any] | None = None
    tokenizer_vocab_size: int = 4000
    graph_encoder: str | None = None
    graph_encoder_layout: Literal["llamo", "moleculestm", "graphcl"] = "llamo"
    graph_config: dict[str, Any] = field(default_factory=dict)
    projector_config: dict[str, Any] = field(default_factory=dict)
    load_in_4bit: bool = False
    dtype: str = "float32"
    attn_implementation: str | None = None
    processor: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        chosen = [name for name in ("llamo", "text_model", "text_config") if getattr(self, name)]
        if len(chosen) != 1:
            raise ValueError(f"model: give exactly one of llamo, text_model, text_config; got {chosen or 'none'}")
        unread = ("graph_encoder", "graph_config", "projector_config", "processor") if self.llamo else ()
        if unread := [name for name in unread if getattr(self, name)]:
            raise ValueError(
                f"model: {', '.join(unread)} cannot be set beside llamo, which brings its own; leave them out"
            )


@dataclass
class DataRecipe:
    """How rows become examples.

    Attributes:
        max_length: longer conversations are bad rows.
        truncation: cut their end instead.
        leakage: what happens to training rows whose molecule is held out: "error", "drop", "warn", "off".
        ignore_stereo: stereoisomers count as the same molecule there.
        held_out: sources that are not evaluated here but must not be trained on, such as test sets.
        on_bad_row: "report" or "error".
        on_the_fly: compute graph features when a row is asked for instead of once beforehand.
        num_proc: processes that encode.
        cache_dir: of encoded rows; default the cache of `datasets`.
    """

    max_length: int | None = 512
    truncation: bool = False
    leakage: Literal["error", "drop", "warn", "off"] = "error"
    ignore_stereo: bool = True
    held_out: list[dict[str, Any]] = field(default_factory=list)
    on_bad_row: Literal["report", "error"] = "report"
    on_the_fly: bool = False
    num_proc: int | None = None
    cache_dir: str | None = None


@dataclass
class TrainsRecipe:
    """What trains: each part is named.

    Attributes:
        graph_encoder: "full" or "frozen" (its BatchNorm too).
        projector: "full" or "frozen".
        language_model: "frozen", "lora" or "full".
        embeddings: token embedding (and head, where it is tied or the language model trains): "full" or "frozen".
    """

    graph_encoder: Training
    projector: Training
    language_model: TextTraining
    embeddings: Training


@dataclass
class LoraRecipe:
    """LoRA on the language model; defaults are the paper's.

    Attributes:
        r: rank.
        alpha: the update is alpha / r * B A.
        dropout: on the input of A.
        target_modules: names of the linear layers.
    """

    r: int = 8
    alpha: int = 32
    dropout: float = 0.05
    target_modules: list[str] = field(default_factory=lambda: ["q_proj", "v_proj"])


@dataclass
class StageRecipe:
    """One stage.

    Attributes:
        name: of its folder.
        trains: what trains.
        train: sources, each the fields of `DataSource`.
        arguments: fields of `TrainingArguments`.
        validation: sources that are evaluated.
        lora: where the language model trains by LoRA.
        max_tokens: pack samples without padding into rows of at most this many tokens; None pads.
        loss_only: run the head on labelled positions only.
        graph_use: fields of `GraphUseOptions`.
        graph_diagnostic_rows: validation rows whose loss is taken with true, shuffled and removed graphs; 0 for none.
    """

    name: str
    trains: TrainsRecipe
    train: list[dict[str, Any]]
    arguments: dict[str, Any] = field(default_factory=dict)
    validation: list[dict[str, Any]] = field(default_factory=list)
    lora: LoraRecipe | None = None
    max_tokens: int | None = None
    loss_only: bool = False
    graph_use: dict[str, Any] = field(default_factory=dict)
    graph_diagnostic_rows: int = 200

    def __post_init__(self):
        if not re.fullmatch(r"[A-Za-z0-9_-]+", self.name):
            raise ValueError(f"stage name {self.name!r} names a folder; use letters, digits, - and _")
        if not self.train:
            raise ValueError(f"stage {self.name}: train names no source")
        if self.trains.language_model == "lora" and self.lora is None:
            self.lora = LoraRecipe()
        if self.lora is not None and self.trains.language_model != "lora":
            raise ValueError(f"stage {self.name}: lora is given, but trains.language_model is not 'lora'")


@dataclass
class Recipe:
    """All of a run.

    Attributes:
        output: its folder.
        model: what is trained.
        stages: one after the other.
        data: how rows become examples.
        seed: of weights, order and choices.
        description: for the model card.
        licence: of the weights, for the model card.
    """

    output: str
    model: ModelRecipe
    stages: list[StageRecipe]
    data: DataRecipe = field(default_factory=DataRecipe)
    seed: int = 0
    description: str = ""
    licence: str = ""

    def __post_init__(self):
        names = [stage.name for stage in self.stages]
        if not names or len(set(names)) != len(names):
            raise ValueError(f"stages: give at least one, each with a name of its own; got {names}")

    def to_yaml(self) -> str:
        """The recipe with every default filled in."""
        return yaml.safe_dump(asdict(self), sort_keys=False, allow_unicode=True)


def read_recipe(path: str | Path, overrides: Sequence[str] = ()) -> Recipe:
    """A recipe from a YAML file.

    Args:
        path: of the file. Paths in it are taken from the current directory.
        overrides: `key.path=value` with values in YAML; list items by number: `stages.0.arguments.max_steps=10`.

    Raises:
        ValueError: the file or an override does not fit a recipe, with the place.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path} is no file; pass a recipe such as examples/recipes/tiny.yaml")
    try:
        values = _unshared(read_yaml(path.read_text(encoding="utf-8")), [_MOST_VALUES], path)
    except yaml.YAMLError as error:
        raise ValueError(f"{path} is no YAML: {' '.join(str(error).split())}") from error
    except RecursionError:
        raise ValueError(f"{path} nests deeper than any recipe, or an alias (*) names what it is in") from None
    for override in overrides:
        _override(values, override)
    return build(Recipe, values, "recipe")


def _unshared(values: Any, left: list[int], path: Path) -> Any:
    """A copy in which what YAML's aliases name twice is there twice: an override changes one place."""
    left[0] -= 1
    if left[0] < 0:
        raise ValueError(f"{path} holds more than {_MOST_VALUES:,} values; do its aliases (&, *) multiply?")
    if isinstance(values, dict):
        return {key: _unshared(value, left, path) for key, value in values.items()}
    return [_unshared(value, left, path) for value in values] if isinstance(values, list) else values


def _override(values: Any, override: str):
    key, found, text = override.partition("=")
    if not found:
        raise ValueError(f"override {override!r}: expected key.path=value, such as stages.0.arguments.max_steps=10")
    *path, last = key.split(".")
    place = values
    try:
        for step in path:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        place[int(last) if isinstance(place, list) else last] = read_yaml(text)
    except (ValueError, IndexError, AttributeError, TypeError, yaml.YAMLError) as error:
        raise ValueError(f"override {override!r}: there is no place {key!r} in the recipe ({error})") from None


def build(kind: Any, values: Any, place: str) -> Any:
    """A typed value from plain ones; `place` is what an error names."""
    if is_dataclass(kind):
        return _build_dataclass(kind, values, place)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is list:
        if not isinstance(values, list):
            raise ValueError(f"{place} must be a list, got {values!r}")
        return [build(arguments[0], value, f"{place}[{number}]") for number, value in enumerate(values)]
    if origin is Literal:
        if values not in arguments:
            raise ValueError(f"{place} must be one of {', '.join(map(str, arguments))}, got {values!r}")
        return values
    if arguments and type(None) in arguments:
        inner = next(argument for argument in arguments if argument is not type(None))
        return None if values is None else build(inner, values, place)
    plain = origin or kind
    if plain is float and isinstance(values, int):
        return float(values)
    if plain is not Any and (not isinstance(values, plain) or (plain is int and isinstance(values, bool))):
        raise ValueError(f"{place} must be {plain.__name__}, got {values!r}")
    return values


def _build_dataclass(kind: Any, values: Any, place: str) -> Any:
    if not isinstance(values, dict):
        raise ValueError(f"{place} must be a mapping with {', '.join(f.name for f in fields(kind))}; got {values!r}")
    hints, known = get_type_hints(kind), {item.name for item in fields(kind)}
    if unknown := sorted(map(str, values.keys() - known)):
        raise ValueError(f"{place} has no field {', '.join(unknown)}; it has {', '.join(sorted(known))}")
    built = {name: build(hints[name], value, f"{place}.{name}") for name, value in values.items()}
    try:
        return kind(**built)
    except TypeError as error:
        missing = re.findall(r"'(\w+)'", str(error))
        raise ValueError(f"{place} lacks {', '.join(missing)}") from None
