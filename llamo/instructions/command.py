"""`llamo build-instructions`: from the words of the command line to a run."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from llamo.instructions.material import Columns
from llamo.instructions.shards import Format
from llamo.instructions.writer import Writer

Backend = Literal["template", "endpoint", "model"]


@dataclass(frozen=True)
class Request:
    """What the command line says.

    Attributes:
        source: file of molecules with descriptions.
        output: folder of the run.
        backend: template, endpoint or model.
        model: as the endpoint calls it, or folder or Hub id of a causal language model.
        columns: of the file.
        limit: the first rows only.
        seed: of all choices.
        fewest: questions at least.
        most: questions at most.
        shown: exemplars in a prompt.
        exemplars: a file of others.
        max_tokens: of a conversation.
        temperature: of sampling.
        batch_size: conversations at a time, of a local model.
        device: of a local model.
        dtype: of a local model.
        endpoint: `key=value` of an endpoint's options.
        attempts: at one row.
        strict: refuse claims that nothing backs.
        tests: test sets whose molecules are refused.
        data_folder: where these are.
        form: of the shards.
        shard_rows: conversations in one.
        licence: for the card.
        overwrite: begin anew.
    """

    source: Path
    output: Path
    backend: str = "template"
    model: str | None = None
    columns: Columns = field(default_factory=Columns)
    limit: int | None = None
    seed: int = 0
    fewest: int = 3
    most: int = 8
    shown: int = 3
    exemplars: Path | None = None
    max_tokens: int = 1024
    temperature: float = 0.7
    batch_size: int = 8
    device: str | None = None
    dtype: str = "auto"
    endpoint: Sequence[str] = ()
    attempts: int = 2
    strict: bool = False
    tests: Sequence[str] = ()
    data_folder: Path | None = None
    form: str = "jsonl"
    shard_rows: int = 10_000
    licence: str = "other"
    overwrite: bool = False


def build_instructions(request: Request) -> dict[str, Any]:
    """Runs, and gives the manifest.

    Raises:
        ValueError: an option is wrong, or the run cannot go on.
    """
    from llamo.checking.leakage import held_out_by
    from llamo.instructions.build import BuildOptions, build
    from llamo.instructions.material import read_material
    from llamo.instructions.progress import progress

    _check(request)
    materials, bad_rows = read_material(request.source, request.columns, limit=request.limit)
    held_out = held_out_by(request.tests, data_folder=request.data_folder)
    names = {one.name for one in fields(BuildOptions)} & {one.name for one in fields(Request)}
    options = BuildOptions(held_out=held_out, **{name: getattr(request, name) for name in names})
    writer = open_writer(request)
    with progress(len(materials)) as watch:
        return build(materials, writer, request.output, options, bad_rows=bad_rows, watch=watch)


def open_writer(request: Request) -> Writer:
    """The backend that a request names.

    Raises:
        ValueError: it lacks a model, or an option is wrong.
    """
    from llamo.instructions.template_writer import TemplateWriter

    if request.backend == "template":
        return TemplateWriter(fewest=request.fewest, most=request.most, seed=request.seed)
    if request.model is None:
        raise ValueError(f"backend {request.backend} needs --model: the endpoint's name for it, or a folder or Hub id")
    prompting = _prompting(request)
    if request.backend == "model":
        from llamo.instructions.model_writer import ModelWriter

        sampling = {"temperature": request.temperature, "batch_size": request.batch_size}
        return ModelWriter(request.model, prompting, device=request.device, dtype=request.dtype, **sampling)
    from llamo.evaluation.systems import endpoint_options, make_endpoint_options
    from llamo.instructions.endpoint_writer import EndpointWriter

    usual = {
        "cache_folder": Path("runs/instructions/endpoint-cache"),
        "temperature": request.temperature,
        "seed": request.seed,
    }
    options = make_endpoint_options(usual | endpoint_options(request.endpoint))
    return EndpointWriter(request.model, options, prompting)


def _prompting(request: Request) -> Any:
    from llamo.instructions.exemplars import exemplars
    from llamo.instructions.prompting import Prompting

    pool = exemplars() if request.exemplars is None else exemplars(request.exemplars)
    if not 0 <= request.shown <= len(pool):
        raise ValueError(f"exemplars must be 0 to {len(pool)}, got {request.shown}; there are no more")
    return Prompting(pool, request.shown, request.fewest, request.most, request.seed, request.max_tokens)


def _check(request: Request):
    if request.backend not in get_args(Backend):
        raise ValueError(f"backend must be one of {', '.join(get_args(Backend))}, got {request.backend!r}")
    if request.form not in get_args(Format):
        raise ValueError(f"format must be one of {', '.join(get_args(Format))}, got {request.form!r}")
    if not 1 <= request.fewest <= request.most:
        raise ValueError(f"turns must be at least 1 and in order, got {request.fewest} to {request.most}")
