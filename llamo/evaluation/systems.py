"""What answers a task, from the words of the command line: a model, a baseline or an endpoint."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from llamo.evaluation.answerer import Answerer
from llamo.evaluation.options import GenerationOptions
from llamo.tasks.task import Example, Task

TEXT_PREFIX, ENDPOINT_PREFIX, RETRIEVAL = "text:", "endpoint:", "retrieval"
ENDPOINT_CACHE = Path("runs/evaluation/endpoint-cache")
_HASHED = 2**20


@dataclass(frozen=True)
class SystemOptions:
    """How systems are loaded and asked.

    Attributes:
        generation: of models.
        device: where models compute; None takes a GPU if there is one.
        dtype: of models, as in `from_pretrained`.
        shots: training examples shown to an endpoint, the nearest last.
        neighbours: training examples that retrieval takes an answer from.
        endpoint: fields of `EndpointOptions`.
    """

    generation: GenerationOptions = field(default_factory=GenerationOptions)
    device: str | None = None
    dtype: str = "auto"
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
            `retrieval`; `endpoint:MODEL`, a chat endpoint that speaks OpenAI's protocol.
        task: to be answered.
        options: how.
        train: the task's training examples, opened only where a baseline needs them.

    Raises:
        ValueError: there is no such model, or it is of the wrong kind.
    """
    if spec == RETRIEVAL:
        from llamo.baselines.retrieval import RetrievalAnswerer

        return RetrievalAnswerer(task, train(), neighbours=options.neighbours)
    if spec.startswith(ENDPOINT_PREFIX):
        return _open_endpoint(spec.removeprefix(ENDPOINT_PREFIX), task, options, train)
    return _open_model(spec.removeprefix(TEXT_PREFIX), task, options, text_only=spec.startswith(TEXT_PREFIX))


def _open_endpoint(model: str, task: Task, options: SystemOptions, train: Callable[[], Sequence[Example]]) -> Answerer:
    from llamo.baselines.endpoint import EndpointAnswerer
    from llamo.baselines.endpoint_options import EndpointOptions

    known = {one.name for one in fields(EndpointOptions)}
    given = {"cache_folder": ENDPOINT_CACHE, **options.endpoint}
    if unknown := sorted(given.keys() - known):
        raise ValueError(f"unknown endpoint option {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    shown = train() if options.shots else ()
    return EndpointAnswerer(model, task, EndpointOptions(**given), train=shown, shots=options.shots)


def _open_model(path: str, task: Task, options: SystemOptions, *, text_only: bool) -> Answerer:
    from llamo.evaluation.model_answerer import ModelAnswerer

    model, processor = _load(path, options, text_only=text_only)
    name = Path(path).parent.name if Path(path).name in ("model", "adapter") else Path(path).name or path
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
    import torch
    from transformers import AutoModel, AutoModelForCausalLM, AutoProcessor, AutoTokenizer

    from processors import LlamoProcessor

    try:
        is_llamo = _model_type(path) == "llamo"
        if not is_llamo and not text_only:
            raise ValueError(f"{path} is no LLaMo; a language model without graphs is written text:{path}")
        loader: Any = AutoModel if is_llamo else AutoModelForCausalLM
        model = loader.from_pretrained(path, dtype=options.dtype)
    except OSError as error:
        raise ValueError(f"{path}: no model can be loaded from there ({' '.join(str(error).split())})") from error
    if is_llamo:
        processor = AutoProcessor.from_pretrained(path)
    else:
        processor = LlamoProcessor.from_tokenizer(AutoTokenizer.from_pretrained(path))
    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    return model.to(device).eval(), processor


def _model_type(path: str) -> str:
    """Of a model, or of the base of an adapter."""
    from peft import PeftConfig
    from transformers import AutoConfig

    if (Path(path) / "adapter_config.json").is_file() and not (Path(path) / "config.json").is_file():
        base = PeftConfig.from_pretrained(path).base_model_name_or_path
        return _model_type(str(base))
    return AutoConfig.from_pretrained(path).model_type


def _origin(path: str) -> Any:
    """What tells a local model from another: its files' names, sizes and beginnings; of the Hub, its id."""
    folder = Path(path)
    if not folder.is_dir():
        return path
    files = sorted(file for file in folder.iterdir() if file.suffix in (".json", ".safetensors", ".jinja"))
    return {file.name: [file.stat().st_size, _hash_beginning(file)] for file in files}


def _hash_beginning(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.sha256(opened.read(_HASHED)).hexdigest()
