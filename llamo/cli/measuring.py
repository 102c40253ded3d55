"""Commands that measure: evaluate, tasks."""

import json
from pathlib import Path
from typing import Annotated

import typer

from llamo.cli.entry import app
from llamo.cli.options import Device, Dtype, FourBit


@app.command()
def evaluate(
    systems: Annotated[
        list[str] | None,
        typer.Argument(help="LLaMo folders or Hub ids; text:PATH without graphs; retrieval; constant; endpoint:MODEL."),
    ] = None,
    task: Annotated[str, typer.Option(help="Name of a task (see `llamo tasks`), or a file that defines one.")] = "",
    predictions: Annotated[
        list[Path] | None, typer.Option(help="Score this file of smiles, prediction and target per line instead.")
    ] = None,
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "test",
    data: Annotated[Path | None, typer.Option(help="A data file in place of the task's own.")] = None,
    train_data: Annotated[
        Path | None, typer.Option(help="A file in place of the task's training rows, for baselines.")
    ] = None,
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
    device: Device = None,
    dtype: Dtype = None,
    load_in_4bit: FourBit = False,
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
    loading = {"device": device, "dtype": dtype, "load_in_4bit": load_in_4bit}
    shown = {"shots": shots, "neighbours": neighbours, "endpoint": endpoint_options(endpoint or ())}
    options = SystemOptions(generation, **loading, **shown)
    where = dict(split=split, data=data, train_data=train_data, data_folder=data_folder, limit=limit, output=output)
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
