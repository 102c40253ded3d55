"""`llamo analyze ..`: the paper's open questions, measured; a report and figures each."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from llamo.cli.entry import app

if TYPE_CHECKING:
    from llamo.analysis.finding import Finding

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


@analyze.command("over-smoothing")
def over_smoothing(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the report.")] = Path(
        "runs/analysis/over-smoothing"
    ),
    molecules: Annotated[int, typer.Option(help="Molecules of the demo that are measured.")] = 200,
    depth: Annotated[list[int] | None, typer.Option(help="Layers of an encoder; repeat. Default 2 to 32.")] = None,
    width: Annotated[int, typer.Option(help="Of the encoders that are made and trained.")] = 128,
    steps: Annotated[int, typer.Option(help="Each of them is trained.")] = 80,
    seeds: Annotated[int, typer.Option(help="Of their weights and training.")] = 3,
    asked: Annotated[int, typer.Option(help="Molecules that the model is asked about.")] = 60,
    model: Annotated[str | None, typer.Option(help="Folder or Hub id; default the one that llamo brings.")] = None,
    device: Annotated[str, typer.Option(help="Where that model computes.")] = "cpu",
):
    """Do node states get alike with depth, do they collapse, and what is read of each level? 15 minutes of a core."""
    from llamo.analysis.over_smoothing.command import run
    from llamo.analysis.over_smoothing.depths import Plan

    depths = tuple(depth) if depth else Plan.depths
    plan = Plan(molecules, depths, width, steps, seeds, asked)
    _finish(run(plan, output, model=model, device=device), output)


@analyze.command()
def cost(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the report.")] = Path("runs/analysis/cost"),
    atoms: Annotated[list[int] | None, typer.Option(help="Atoms of a molecule; repeat. Default 10 to 2000.")] = None,
    batch: Annotated[list[int] | None, typer.Option(help="Molecules at a time; repeat. Default 1, 8, 32.")] = None,
    most_atoms: Annotated[int, typer.Option(help="Batches of more atoms are left out.")] = 2500,
    rounds: Annotated[int, typer.Option(help="Of timing.")] = 3,
):
    """What each projector costs by the size of the molecule, on a CPU, and its share at 7B. 5 minutes of a core."""
    from llamo.analysis.cost.command import run
    from llamo.analysis.cost.grid import Plan

    plan = Plan(tuple(atoms or Plan.atoms), tuple(batch or Plan.batches), most_atoms, rounds)
    _finish(run(plan, output), output)


def _finish(findings: "list[Finding]", output: Path):
    """Writes findings, and prints what they say in a line each."""
    from llamo.analysis.publishing import VERDICTS, write

    write(findings, output)
    for one in findings:
        typer.echo(f"{one.title}  {VERDICTS[one.verdict]}")
    typer.echo(str(output / "report.html"))
