"""Commands that make model folders and bring them to the Hub: export, index, convert, train, demo-train, card, push."""

import json
from pathlib import Path
from typing import Annotated

import typer

from llamo.cli.entry import app


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
def card(
    folder: Annotated[Path, typer.Argument(help="Folder of a model, or model/ of a run of `llamo train`.")],
    name: Annotated[str | None, typer.Option(help="Of the model; default that of the run or folder.")] = None,
    licence: Annotated[
        str | None, typer.Option(help="Of the weights, such as apache-2.0; default the recipe's.")
    ] = None,
    description: Annotated[str | None, typer.Option(help="A sentence about it; default the recipe's.")] = None,
    data: Annotated[str | None, typer.Option(help="What it was trained on and under which licence, in words.")] = None,
    scores: Annotated[
        list[Path] | None, typer.Option(help="scores.json of `llamo evaluate`, or its folder; as often as needed.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the card that is there.")] = False,
):
    """Write the model card of a model folder from what is on record; the rest is called unknown."""
    from llamo.hub.card import write_card

    told = {"name": name, "licence": licence, "description": description, "data": data, "scores": scores or ()}
    typer.echo(write_card(folder, **told, overwrite=overwrite))


@app.command()
def push(
    folder: Annotated[Path, typer.Argument(help="Folder with model and processor.")],
    repository: Annotated[str, typer.Argument(help="user/name on the HuggingFace Hub.")],
    public: Annotated[bool, typer.Option("--public", help="For everybody; default for you only.")] = False,
):
    """Upload a model with its processor and card to the HuggingFace Hub."""
    from llamo.hub.upload import push as upload

    typer.echo(upload(folder, repository, private=not public))
