"""Commands that look inside a model: explain, embed."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from llamo.cli.entry import app


@app.command()
def explain(
    smiles: Annotated[list[str], typer.Argument(help="A molecule as SMILES, or several that the question is about.")],
    question: Annotated[str, typer.Option("--question", "-q", help="What was asked.")] = "Describe this molecule.",
    answer: Annotated[str | None, typer.Option(help="Explain this answer instead of the model's own.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder for page, data and pictures.")] = None,
    graph_alone: Annotated[bool, typer.Option("--graph-alone", help="Write no SMILES in the prompt.")] = False,
    attention: Annotated[bool, typer.Option(help="Read attention; some projectors have none to atoms.")] = True,
    left_out: Annotated[str, typer.Option(help="How atoms are left out: remove, mask, or none.")] = "remove",
    retrieve: Annotated[int, typer.Option(min=0, help="Captions of so many similar molecules in the prompt.")] = 0,
    model: Annotated[str | None, typer.Option(help="Folder or Hub id; default the one that llamo brings.")] = None,
    device: Annotated[str, typer.Option(help="Where to compute.")] = "cpu",
    max_new_tokens: Annotated[int, typer.Option(min=1, help="Of the model's own answer.")] = 256,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
):
    """Show which atoms and groups an answer was read from, and which it hangs on. Offline."""
    from llamo.explain.command import run, show

    how = None if left_out == "none" else left_out
    options = {"attention": attention, "left_out": how, "retrieve": retrieve, "max_new_tokens": max_new_tokens}
    found = run(smiles, question, model=model, device=device, answer=answer, graph_alone=graph_alone, **options)
    show(found, output=output, as_json=as_json)


@app.command()
def embed(
    smiles: Annotated[list[str], typer.Argument(help="Molecules as SMILES; - reads one per line from stdin.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A .npy, .parquet or .jsonl file.")],
    level: Annotated[str, typer.Option(help="0 to the last layer, -1 the last, motif, or tokens.")] = "-1",
    pooling: Annotated[str, typer.Option(help="mean, sum, or flat for tokens side by side.")] = "mean",
    batch_size: Annotated[int, typer.Option(min=1, help="Molecules at a time.")] = 64,
    model: Annotated[str | None, typer.Option(help="Folder or Hub id; default the one that llamo brings.")] = None,
    device: Annotated[str, typer.Option(help="Where to compute.")] = "cpu",
):
    """Write molecules as vectors: atoms of an encoder level, functional groups or graph tokens, pooled."""
    from llamo.embedding import embed_to_file

    found = [line.strip() for line in sys.stdin if line.strip()] if smiles == ["-"] else smiles
    options = {"level": level, "pooling": pooling, "batch_size": batch_size, "model": model, "device": device}
    rows, width = embed_to_file(found, output, **options)
    typer.echo(f"{rows} vectors of {width} numbers in {output}")
