"""Commands that look inside a model: explain, embed."""

from pathlib import Path
from typing import Annotated

import typer

from llamo.cli.entry import app
from llamo.cli.options import AsJson, Column, Device, Dtype, FourBit, Input, Model, Molecules, Overwrite, Retrieve


@app.command()
def explain(
    molecules: Annotated[
        list[str] | None,
        typer.Argument(
            help="SMILES or names that the question is about; - reads one per line, each a question.",
            show_default=False,
        ),
    ] = None,
    question: Annotated[str, typer.Option("--question", "-q", help="What was asked.")] = "Describe this molecule.",
    answer: Annotated[str | None, typer.Option(help="Explain this answer instead of the model's own.")] = None,
    input: Input = None,
    column: Column = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder for pages, data and pictures.")] = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    graph_alone: Annotated[bool, typer.Option("--graph-alone", help="Write no SMILES in the prompt.")] = False,
    attention: Annotated[bool, typer.Option(help="Read attention; some projectors have none to atoms.")] = True,
    left_out: Annotated[str, typer.Option(help="How atoms are left out: remove, mask, or none.")] = "remove",
    retrieve: Retrieve = 0,
    model: Model = None,
    device: Device = None,
    dtype: Dtype = None,
    load_in_4bit: FourBit = False,
    max_new_tokens: Annotated[int, typer.Option(min=1, help="Of the model's own answer.")] = 256,
):
    """Show which atoms and groups an answer was read from, and which it hangs on. Offline."""
    from llamo.explain.command import run, show
    from llamo.explain.rows import TABLE, Request, explain_rows

    how = None if left_out == "none" else left_out
    options = {"answer": answer, "graph_alone": graph_alone, "attention": attention, "left_out": how}
    options |= {"retrieve": retrieve, "max_new_tokens": max_new_tokens}
    loading = {"device": device, "dtype": dtype, "load_in_4bit": load_in_4bit}
    if input is None and column is None and molecules != ["-"]:
        show(run(molecules or (), question, model=model, loading=loading, **options), output=output, as_json=as_json)
        return
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
    table = None if output is None else output / TABLE
    where = (tuple(molecules or ()), input, column, table, overwrite, as_json)
    explain_rows(Request(*where, question=question, model=model, **loading, options=options))


@app.command()
def embed(
    molecules: Molecules = None,
    input: Input = None,
    column: Column = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A .parquet, .jsonl, .csv or .npy file; a killed run goes on."),
    ] = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    level: Annotated[str, typer.Option(help="0 to the last layer, -1 the last, motif, or tokens.")] = "-1",
    pooling: Annotated[str, typer.Option(help="mean, sum, or flat for tokens side by side.")] = "mean",
    model: Model = None,
    device: Device = None,
    dtype: Dtype = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Molecules at a time.")] = 64,
):
    """Write molecules as vectors: atoms of an encoder level, functional groups or graph tokens, pooled."""
    from llamo.embedding.command import Request, embed_rows

    where = (tuple(molecules or ()), input, column, output, overwrite, as_json)
    loading = {"model": model, "device": device, "dtype": dtype}
    embed_rows(Request(*where, level=level, pooling=pooling, **loading, batch_size=batch_size))  # type: ignore[arg-type]
