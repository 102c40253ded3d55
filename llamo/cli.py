"""The `llamo` command. Cheap to start: what a command needs is imported when it runs."""

import json
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False)
_state = {"debug": False}
_PACKAGES = (
    "llamo",
    "torch",
    "transformers",
    "torch-geometric",
    "peft",
    "datasets",
    "rdkit",
    "evaluate",
    "safetensors",
    "huggingface-hub",
    "accelerate",
    "tokenizers",
)


def _show_version(wanted: bool):
    if wanted:
        from llamo import __version__

        typer.echo(__version__)
        raise typer.Exit()


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
):
    """LLaMo, the molecule assistant, as a HuggingFace model."""
    _state["debug"] = debug


@app.command()
def describe(
    smiles: Annotated[list[str], typer.Argument(help="Molecules as SMILES; - reads one per line from stdin.")],
    question: Annotated[str, typer.Option("--question", "-q", help="Ask this instead.")] = "Describe this molecule.",
    retrieve: Annotated[
        int, typer.Option(min=0, help="Captions of so many similar molecules in the prompt (see `llamo index`).")
    ] = 0,
    model: Annotated[str | None, typer.Option(help="Folder or Hub id; default the one that llamo brings.")] = None,
    device: Annotated[str, typer.Option(help="Where to compute.")] = "cpu",
    beams: Annotated[int, typer.Option(min=1, help="Beams; 1 is greedy.")] = 1,
    max_new_tokens: Annotated[int, typer.Option(min=1, help="Of an answer.")] = 256,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")] = False,
):
    """Describe molecules, or ask about them, with the compact model or another LLaMo. Offline."""
    from llamo.compact.describe import describe as run
    from llamo.compact.describe import show

    found = [line.strip() for line in sys.stdin if line.strip()] if smiles == ["-"] else smiles
    options = {"num_beams": beams, "max_new_tokens": max_new_tokens}
    show(run(found, question, model=model, device=device, retrieve=retrieve, **options), as_json=as_json)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to make, such as llamo.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
):
    """Write the model that comes with llamo as a folder for AutoModel and AutoProcessor."""
    from llamo.compact.shipped import export as write

    typer.echo(write(folder, overwrite=overwrite))


@app.command()
def index(
    data: Annotated[Path, typer.Argument(help="A .csv, .jsonl or .parquet file (or .gz) of molecules with captions.")],
    folder: Annotated[Path, typer.Argument(help="Folder of a model or processor that gets the index.")],
    smiles_column: Annotated[str, typer.Option(help="Column of SMILES.")] = "smiles",
    caption_column: Annotated[str, typer.Option(help="Column of captions.")] = "caption",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the index that is there.")] = False,
):
    """Build the index that --retrieve looks into from molecules and captions of your own."""
    from llamo.compact.indexing import build_index

    columns = {"smiles": smiles_column, "output": caption_column}
    typer.echo(f"{build_index(data, folder, columns=columns, overwrite=overwrite)} molecules in {folder}")


@app.command()
def demo(
    device: Annotated[str, typer.Option(help="Where to compute.")] = "cpu",
    retrieve: Annotated[int, typer.Option(min=0, help="Captions of so many similar molecules in each prompt.")] = 0,
):
    """Let the model that comes with llamo answer questions about well-known drugs, beside the truth. Offline."""
    from llamo.compact.show_drugs import run_demo

    run_demo(device=device, retrieve=retrieve)


@app.command()
def demo_train(
    output: Annotated[Path, typer.Option(help="Folder for the trained model and report.json.")] = Path("runs/demo"),
    seed: Annotated[int, typer.Option(help="Seed of split, weights and order.")] = 0,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the training questions.")] = None,
    device: Annotated[str, typer.Option(help="Where to compute.")] = "cpu",
):
    """Train a very small LLaMo from scratch and question it about molecules it has never seen."""
    from llamo.demo.run import run_demo

    run_demo(output, seed=seed, epochs=epochs, device=device)


@app.command()
def convert(
    source: Annotated[
        Path, typer.Argument(help="The released .ckpt, .pt or .safetensors; with --reverse a LLaMo folder.")
    ],
    output: Annotated[Path, typer.Argument(help="The folder to make; with --reverse a .ckpt, .pt or .safetensors.")],
    text_model: Annotated[
        str | None, typer.Option(help="Folder or Hub id of the language model it was trained from.")
    ] = None,
    dtype: Annotated[str, typer.Option(help="Of the language model: auto, float32, bfloat16, float16.")] = "auto",
    max_shard_size: Annotated[str, typer.Option(help="Largest weight file.")] = "5GB",
    keep_lora: Annotated[bool, typer.Option("--keep-lora", help="Keep LoRA weights as a PEFT adapter.")] = False,
    merge_lora: Annotated[bool, typer.Option("--merge-lora", help="Merge LoRA weights into the model.")] = False,
    lora_alpha: Annotated[float, typer.Option(help="The checkpoint does not hold it; the paper's is 32.")] = 32,
    reverse: Annotated[bool, typer.Option("--reverse", help="Write the released layout from a LLaMo folder.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the output.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
):
    """Convert the released LLaMo checkpoint to a HuggingFace folder, or back."""
    from rich.console import Console

    from llamo.convert.released import convert as convert_released
    from llamo.convert.reverse import convert_back

    if keep_lora and merge_lora:
        raise ValueError("--keep-lora and --merge-lora exclude each other; choose one")
    lora = "keep" if keep_lora else "merge" if merge_lora else None
    if reverse:
        report = convert_back(source, output, lora=lora, overwrite=overwrite)
    elif text_model is None:
        raise ValueError("--text-model is missing: pass the language model the checkpoint was trained from")
    else:
        report = convert_released(
            source,
            output,
            text_model=text_model,
            dtype=dtype,
            max_shard_size=max_shard_size,
            lora=lora,
            lora_alpha=lora_alpha,
            overwrite=overwrite,
        )
    if as_json:
        typer.echo(json.dumps(report.to_dict(), indent=2))
    else:
        report.show(Console())


@app.command()
def train(
    recipe: Annotated[Path, typer.Argument(help="A YAML recipe, such as examples/recipes/tiny.yaml.")],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(help="key.path=value, such as output=runs/mine stages.0.arguments.max_steps=10"),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an earlier run in the output stopped.")] = False,
):
    """Train a LLaMo by a recipe: align, instruct, or any other stages."""
    from llamo.training.recipe import read_recipe
    from llamo.training.run import run_recipe
    from llamo.training.stopping import TrainingStopped

    try:
        typer.echo(run_recipe(read_recipe(recipe, overrides or ()), resume=resume))
    except TrainingStopped as stopped:
        raise ValueError(str(stopped)) from stopped


@app.command()
def evaluate(
    systems: Annotated[
        list[str] | None,
        typer.Argument(help="LLaMo folders or Hub ids; text:PATH without graphs; retrieval; endpoint:MODEL."),
    ] = None,
    task: Annotated[str, typer.Option(help="Name of a task (see `llamo tasks`), or a file that defines one.")] = "",
    predictions: Annotated[
        list[Path] | None, typer.Option(help="Score this file of smiles, prediction and target per line instead.")
    ] = None,
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "test",
    data: Annotated[Path | None, typer.Option(help="A data file in place of the task's own.")] = None,
    data_folder: Annotated[Path | None, typer.Option(help="Where local data files are; default LLAMO_DATA.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="The first examples only.")] = None,
    tokenizer: Annotated[
        str, typer.Option(help="Of text metrics: scibert, t5, words, model, or a folder.")
    ] = "scibert",
    output: Annotated[Path | None, typer.Option(help="Folder for answers, scores, table and report.")] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Begin anew: drop the answers that are there.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    resamples: Annotated[int, typer.Option(min=0, help="Of the bootstrap for 95 % intervals; 0 for none.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the bootstrap and of sampled answers.")] = 0,
    batch_size: Annotated[int, typer.Option(min=1, help="Questions at a time.")] = 16,
    max_new_tokens: Annotated[int | None, typer.Option(min=1, help="Of an answer; default the task's.")] = None,
    beams: Annotated[int, typer.Option(min=1, help="Beams; 1 is greedy.")] = 1,
    valid_only: Annotated[bool, typer.Option("--valid-only", help="Best beam that RDKit can read as SMILES.")] = False,
    samples: Annotated[int, typer.Option(min=0, help="Sampled answers per question, for self-consistency.")] = 0,
    temperature: Annotated[float, typer.Option(help="Of sampled answers.")] = 0.7,
    device: Annotated[str | None, typer.Option(help="Where models compute; default a GPU if there is one.")] = None,
    dtype: Annotated[str, typer.Option(help="Of models: auto, float32, bfloat16, float16.")] = "auto",
    shots: Annotated[int, typer.Option(min=0, help="Training examples shown to an endpoint.")] = 0,
    retrieve: Annotated[int, typer.Option(min=0, help="Captions of so many similar molecules in a prompt.")] = 0,
    neighbours: Annotated[int, typer.Option(min=1, help="Training examples retrieval takes its answer from.")] = 1,
    endpoint: Annotated[
        list[str] | None, typer.Option(help="key=value for an endpoint, such as base_url=http://localhost:8000/v1.")
    ] = None,
):
    """Let models and baselines answer a task, or score answers of any system, beside published numbers."""
    from llamo.evaluation.command import Request, show
    from llamo.evaluation.command import evaluate as run
    from llamo.evaluation.options import GenerationOptions
    from llamo.evaluation.systems import SystemOptions, endpoint_options

    generation = GenerationOptions(batch_size, max_new_tokens, beams, valid_only, samples, temperature, seed, retrieve)
    options = SystemOptions(generation, device, dtype, shots, neighbours, endpoint_options(endpoint or ()))
    where = {"split": split, "data": data, "data_folder": data_folder, "limit": limit, "output": output}
    scoring = {"tokenizer": tokenizer, "resamples": resamples, "seed": seed, "overwrite": overwrite}
    request = Request(task, systems or (), predictions or (), options=options, **where, **scoring)
    show(run(request), as_json=as_json)


@app.command()
def tasks(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False):
    """List the tasks that `llamo evaluate` knows."""
    from llamo.tasks import get_task, task_names

    known = {name: get_task(name) for name in task_names()}
    if as_json:
        rows = [
            {"name": name, "title": one.title, "answer": one.answer, "prompt": one.prompts[0]}
            for name, one in known.items()
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    for name, one in known.items():
        typer.echo(f"{name:32} {one.title}")


@app.command()
def env(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False):
    """Show the versions a bug report needs."""
    rows = {"python": platform.python_version(), "platform": platform.platform()}
    for package in _PACKAGES:
        try:
            rows[package] = version(package)
        except PackageNotFoundError:
            rows[package] = "not installed"
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for name, value in rows.items():
        typer.echo(f"{name:16} {value}")


def main():
    """Entry point: a user's mistake is one line on stderr and exit code 2."""
    try:
        app()
    except Exception as error:
        if _state["debug"] or not _is_mistake(error):
            raise
        print(f"llamo: {str(error).splitlines()[0] if str(error) else type(error).__name__}", file=sys.stderr)
        sys.exit(2)


def _is_mistake(error: Exception) -> bool:
    """What one line explains: a wrong input, a file, a full disk, which safetensors and torch report as they like."""
    return isinstance(error, ValueError | OSError) or "No space left" in str(error) or "os error 28" in str(error)


if __name__ == "__main__":
    main()
