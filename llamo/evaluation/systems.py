"""What answers a task, from the words of the command line: a model, a baseline or an endpoint."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers.utils import logging

from llamo.damage import named
from llamo.evaluation.answerer import Answerer
from llamo.evaluation.options import GenerationOptions
from llamo.loading import check_pair, choose_device, loading_options, put_on
from llamo.tasks.task import Example, Task

if TYPE_CHECKING:
    from llamo.baselines.endpoint_options import EndpointOptions

TEXT_PREFIX, ENDPOINT_PREFIX, RETRIEVAL, CONSTANT = "text:", "endpoint:", "retrieval", "constant"
ENDPOINT_CACHE = Path("runs/evaluation/endpoint-cache")
_MODEL_FILES = {".json", ".safetensors", ".jinja", ".bin", ".model", ".txt"}
logger = logging.get_logger(__name__)


@dataclass(frozen=True)
class SystemOptions:
    """How systems are loaded and asked.

    Attributes:
        generation: of models.
        device: where models compute; None takes a GPU if there is one.
        dtype: of models, see `loading_options`.
        load_in_4bit: quantise their language model.
        shots: training examples shown to an endpoint, the nearest last.
        neighbours: training examples that retrieval takes an answer from.
        endpoint: fields of `EndpointOptions`.
    """

    generation: GenerationOptions = field(default_factory=GenerationOptions)
    device: str | None = None
    dtype: str | None = None
    load_in_4bit: bool = False
    shots: int = 0
    neighbours: int = 1
    endpoint: dict[str, Any] = field(default_factory=dict)


def endpoint_options(pairs: Sequence[str]) -> dict[str, Any]:
    """`key=value` texts as fields of `EndpointOptions`, values in YAML.

    Raises:
        ValueError: one is no `key=value`.
    """
    import yaml

    options = {}
    for pair in pairs:
        key, found, value = pair.partition("=")
        if not found:
            raise ValueError(f"endpoint option {pair!r}: expected key=value, such as base_url=http://localhost:8000/v1")
        options[key.replace("-", "_")] = yaml.safe_load(value)
    return options


def open_system(spec: str, task: Task, options: SystemOptions, *, train: Callable[[], Sequence[Example]]) -> Answerer:
    """What a spec names.

    Args:
        spec: a folder or Hub id of a LLaMo; `text:PATH`, the same or any causal language model without graphs;
            `retrieval`; `constant`, the median or most frequent training answer; `endpoint:MODEL`, a chat endpoint that
            speaks OpenAI's protocol.
        task: to be answered.
        options: how.
        train: the task's training examples, opened only where a baseline needs them.

    Raises:
        ValueError: there is no such model, or it is of the wrong kind.
    """
    _warn_of_ignored(spec, options)
    if spec == RETRIEVAL:
        from llamo.baselines.retrieval import RetrievalAnswerer

        return RetrievalAnswerer(task, train(), neighbours=options.neighbours)
    if spec == CONSTANT:
        from llamo.baselines.constant import ConstantAnswerer

        return ConstantAnswerer(task, train())
    if spec.startswith(ENDPOINT_PREFIX):
        return _open_endpoint(spec.removeprefix(ENDPOINT_PREFIX), task, options, train)
    return _open_model(spec.removeprefix(TEXT_PREFIX), task, options, text_only=spec.startswith(TEXT_PREFIX))


def _warn_of_ignored(spec: str, options: SystemOptions):
    if spec in (RETRIEVAL, CONSTANT) or spec.startswith(ENDPOINT_PREFIX):
        usual, asked = GenerationOptions(), options.generation
        names = ("num_beams", "samples", "valid_only", "max_new_tokens", "retrieve")
        ignored = [name for name in names if getattr(asked, name) != getattr(usual, name)]
        hint = "; an endpoint has options of its own: --endpoint key=value"
    else:
        ignored = ["shots"] if options.shots else []
        hint = "; only endpoints are shown examples"
    if ignored:
        logger.warning(f"{spec}: {', '.join(ignored)} do not apply{hint}")


def make_endpoint_options(given: Mapping[str, Any]) -> "EndpointOptions":
    """Options by name.

    Raises:
        ValueError: there is none of a name, or a value is wrong.
    """
    from llamo.baselines.endpoint_options import EndpointOptions

    known = {one.name for one in fields(EndpointOptions)}
    if unknown := sorted(given.keys() - known):
        raise ValueError(f"unknown endpoint option {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    return EndpointOptions(**given)


def _open_endpoint(model: str, task: Task, options: SystemOptions, train: Callable[[], Sequence[Example]]) -> Answerer:
    from llamo.baselines.endpoint import EndpointAnswerer

    given = make_endpoint_options({"cache_folder": ENDPOINT_CACHE, **options.endpoint})
    shown = train() if options.shots else ()
    return EndpointAnswerer(model, task, given, train=shown, shots=options.shots)


def _open_model(path: str, task: Task, options: SystemOptions, *, text_only: bool) -> Answerer:
    from llamo.evaluation.model_answerer import ModelAnswerer

    model, processor = _load(path, options, text_only=text_only)
    folder = Path(path).resolve() if Path(path).is_dir() else Path(path)
    name = folder.parent.name if folder.name in ("model", "adapter") else folder.name
    return ModelAnswerer(
        model,
        processor,
        task,
        name=f"{name}, no graph" if text_only else name,
        origin=_origin(path),
        options=options.generation,
        without_graphs=text_only,
    )


def _load(path: str, options: SystemOptions, *, text_only: bool) -> tuple[Any, Any]:
    from transformers import AutoModel, AutoTokenizer

    from modeling_llamo.text import load_text_model
    from processors import LlamoProcessor

    device = choose_device(options.device)
    try:
        is_llamo = _model_type(path) == "llamo"
        if not is_llamo and not text_only:
            raise ValueError(f"{path} is no LLaMo; a language model without graphs is written text:{path}")
        load = AutoModel.from_pretrained if is_llamo else load_text_model
        how = loading_options(device, dtype=options.dtype, load_in_4bit=options.load_in_4bit)
        with named(path, needed=()):
            model = load(path, **how)
    except OSError as error:
        raise ValueError(f"{path}: no model can be loaded from there ({' '.join(str(error).split())})") from error
    if is_llamo:
        processor = _load_processor(path)
        check_pair(model, processor, path)
    else:
        processor = LlamoProcessor.from_tokenizer(AutoTokenizer.from_pretrained(path))
    return put_on(model, device), processor


def _load_processor(path: str) -> Any:
    """A folder's processor; an adapter that was saved without has its base's."""
    from transformers import AutoProcessor

    try:
        return AutoProcessor.from_pretrained(path)
    except (OSError, ValueError) as error:
        base = _base_of_adapter(path)
        if base is None:
            raise ValueError(
                f"{path} holds no processor; save it there: processor.save_pretrained({path!r})"
            ) from error
        return AutoProcessor.from_pretrained(base)


def _base_of_adapter(path: str) -> str | None:
    from peft import PeftConfig

    if not (Path(path) / "adapter_config.json").is_file() or (Path(path) / "config.json").is_file():
        return None
    return str(PeftConfig.from_pretrained(path).base_model_name_or_path)


def _model_type(path: str) -> str:
    """Of a model, or of the base of an adapter."""
    from transformers import AutoConfig

    base = _base_of_adapter(path)
    return AutoConfig.from_pretrained(path).model_type if base is None else _model_type(base)


def _origin(path: str) -> Any:
    """What tells a model from another: hashes of a folder's files and of an adapter's base; of the Hub, the commit."""
    folder = Path(path)
    if not folder.is_dir():
        from transformers import AutoConfig

        return {"id": path, "commit": getattr(AutoConfig.from_pretrained(path), "_commit_hash", None)}
    files = sorted(file for file in folder.iterdir() if file.suffix in _MODEL_FILES)
    hashes = {file.name: _hash(file) for file in files}
    base = _base_of_adapter(path)
    return hashes if base is None else {"adapter": hashes, "base": _origin(base)}


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
