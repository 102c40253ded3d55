"""Commands that ask a model: describe, demo."""

import sys
from typing import Annotated

import typer

from llamo.cli.entry import app


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
def demo(
    device: Annotated[str, typer.Option(help="Where to compute.")] = "cpu",
    retrieve: Annotated[int, typer.Option(min=0, help="Captions of so many similar molecules in each prompt.")] = 0,
):
    """Let the model that comes with llamo answer questions about well-known drugs, beside the truth. Offline."""
    from llamo.compact.show_drugs import run_demo

    run_demo(device=device, retrieve=retrieve)
