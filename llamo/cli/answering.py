"""Commands that show what the model can: demo."""

from typing import Annotated

import typer

from llamo.cli.entry import app
from llamo.cli.options import Device


@app.command()
def demo(
    device: Device = None,
    retrieve: Annotated[int, typer.Option(min=0, help="Captions of so many similar molecules in each prompt.")] = 0,
):
    """Let the model that comes with llamo answer questions about well-known drugs, beside the truth. Offline."""
    from llamo.compact.show_drugs import run_demo

    run_demo(device=device, retrieve=retrieve)
