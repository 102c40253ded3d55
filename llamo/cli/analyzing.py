"""`llamo analyze ..`: the paper's open questions, measured; a report and figures each."""

from pathlib import Path
from typing import Annotated

import typer

from llamo.cli.entry import app

analyze = typer.Typer(no_args_is_help=True, help="Measure what LLaMo's parts do; a report with figures each.")
app.add_typer(analyze, name="analyze")


@analyze.command()
def document(
    folders: Annotated[list[Path], typer.Argument(help="Folders that `llamo analyze` wrote, in the page's order.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The page.")] = Path("docs/analysis.md"),
):
    """Write findings as one Markdown page, with their figures in a folder of its name."""
    from llamo.analysis.publishing import document, read

    document([one for folder in folders for one in read(folder)], output, output.with_suffix(""))
    typer.echo(str(output))
