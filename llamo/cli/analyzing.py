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


@analyze.command()
def graphs(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the report.")] = Path(
        "runs/analysis/graphs"
    ),
    seeds: Annotated[int, typer.Option(help="Runs of each arm.")] = 3,
    steps: Annotated[int, typer.Option(help="Steps of each run.")] = 500,
    number: Annotated[int, typer.Option("--graphs", help="Synthetic graphs to train on.")] = 1000,
    asked: Annotated[int, typer.Option(help="Graphs to ask about, of each set.")] = 160,
    learning_rate: Annotated[float, typer.Option(help="The highest.")] = 2e-3,
    device: Annotated[str, typer.Option(help="To train on.")] = "cpu",
):
    """Ask about graphs that are no molecules, as a graph, as edges in text, or both (10 to 60 minutes on a CPU)."""
    from llamo.analysis.graphs.command import Request, run
    from llamo.analysis.publishing import VERDICTS, write

    request = Request(output, seeds, steps, number, asked, learning_rate, device)
    findings = run(request, report=lambda line: typer.echo(line, err=True))
    write(findings, output)
    for one in findings:
        typer.echo(f"{one.name:20} {VERDICTS[one.verdict]}")
    typer.echo(str(output / "report.html"))
