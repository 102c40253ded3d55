"""Commands that ask a model about molecules: describe, ask, predict, name, react, retro, chat."""

from pathlib import Path
from typing import Annotated, Any

import typer

from llamo.cli.entry import app
from llamo.cli.options import AsJson, Column, Device, Dtype, FourBit, Input, Model, Molecules, Overwrite, Retrieve

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write .jsonl, .csv or .parquet, a row per molecule; a killed run goes on."),
]
Beams = Annotated[int, typer.Option(min=1, help="Beams; 1 is greedy.")]
MaxNewTokens = Annotated[int | None, typer.Option(min=1, help="Of an answer; default the task's, or 256.")]
BatchSize = Annotated[int, typer.Option(min=1, help="Questions at a time; halved where the memory is too small.")]


def _answer(molecules: list[str] | None, **options: Any):
    from llamo.asking.command import answer
    from llamo.asking.request import Request

    answer(Request(tuple(molecules or ()), **options))


@app.command()
def describe(
    molecules: Molecules = None,
    question: Annotated[str, typer.Option("--question", "-q", help="Ask this instead.")] = "Describe this molecule.",
    input: Input = None,
    column: Column = None,
    output: Output = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    retrieve: Retrieve = 0,
    model: Model = None,
    device: Device = None,
    dtype: Dtype = None,
    load_in_4bit: FourBit = False,
    beams: Beams = 1,
    max_new_tokens: MaxNewTokens = None,
    batch_size: BatchSize = 16,
):
    """Describe molecules, with the compact model or another LLaMo. Offline."""
    _answer(**locals())


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="In plain words.")],
    molecules: Molecules = None,
    input: Input = None,
    column: Column = None,
    output: Output = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    retrieve: Retrieve = 0,
    model: Model = None,
    device: Device = None,
    dtype: Dtype = None,
    load_in_4bit: FourBit = False,
    beams: Beams = 1,
    max_new_tokens: MaxNewTokens = None,
    batch_size: BatchSize = 16,
):
    """Ask one question about each molecule."""
    _answer(**locals())


@app.command()
def predict(
    molecules: Molecules = None,
    task: Annotated[str, typer.Option(help="Whose question is asked (see `llamo tasks`), or a .py file.")] = "",
    value: Annotated[list[str] | None, typer.Option(help="name=words for a {name} in the task's wording.")] = None,
    input: Input = None,
    column: Column = None,
    output: Output = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    model: Model = None,
    device: Device = None,
    dtype: Dtype = None,
    load_in_4bit: FourBit = False,
    beams: Beams = 1,
    max_new_tokens: MaxNewTokens = None,
    batch_size: BatchSize = 16,
):
    """Answer a task's question, such as `--task esol`, about each molecule. Needs a model that was trained for it."""
    options = locals()
    if not task:
        raise ValueError("which property? give --task NAME, such as esol; `llamo tasks` lists them")
    pairs = [one.partition("=") for one in options.pop("value") or ()]
    if wrong := [key for key, sign, _ in pairs if not (key and sign)]:
        raise ValueError(f"--value is written key=value, got {wrong[0]!r}")
    _answer(**options, values={key: text for key, _, text in pairs})


@app.command()
def name(
    molecules: Molecules = None,
    input: Input = None,
    column: Column = None,
    output: Output = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    model: Model = None,
    device: Device = None,
    dtype: Dtype = None,
    load_in_4bit: FourBit = False,
    beams: Beams = 1,
    batch_size: BatchSize = 16,
):
    """Write the IUPAC name of each molecule. Needs a model that was trained for it."""
    _answer(**locals(), task="iupac")


@app.command()
def react(
    molecules: Annotated[
        list[str] | None, typer.Argument(help="Each the molecules of one reaction, joined by dots.", show_default=False)
    ] = None,
    input: Input = None,
    column: Column = None,
    output: Output = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    model: Model = None,
    device: Device = None,
    dtype: Dtype = None,
    load_in_4bit: FourBit = False,
    beams: Beams = 1,
    batch_size: BatchSize = 16,
):
    """Predict the product of each reaction. Needs a model that was trained for it."""
    _answer(**locals(), task="forward-reaction")


@app.command()
def retro(
    molecules: Molecules = None,
    input: Input = None,
    column: Column = None,
    output: Output = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    model: Model = None,
    device: Device = None,
    dtype: Dtype = None,
    load_in_4bit: FourBit = False,
    beams: Beams = 1,
    batch_size: BatchSize = 16,
):
    """Predict what each molecule can be made from in one step. Needs a model that was trained for it."""
    _answer(**locals(), task="retrosynthesis")


@app.command()
def chat(
    molecules: Annotated[
        list[str] | None, typer.Argument(help="SMILES or names the first question is about.", show_default=False)
    ] = None,
    model: Model = None,
    device: Device = None,
    dtype: Dtype = None,
    load_in_4bit: FourBit = False,
    max_new_tokens: Annotated[int, typer.Option(min=1, help="Of an answer.")] = 256,
):
    """Talk about molecules; !help tells how."""
    from llamo.chat.terminal import talk_in_terminal

    loading = {"device": device, "dtype": dtype, "load_in_4bit": load_in_4bit}
    talk_in_terminal(molecules or (), model=model, max_new_tokens=max_new_tokens, **loading)
