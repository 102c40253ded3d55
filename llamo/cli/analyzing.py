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


@analyze.command()
def domains(
    prepared: Annotated[Path, typer.Option(help="Folder of 03_train_compact.py --only-prepare.")] = Path(
        "runs/compact/data"
    ),
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the report.")] = Path(
        "runs/analysis/domains"
    ),
    seeds: Annotated[int, typer.Option(help="Of each model.")] = 2,
    steps: Annotated[int, typer.Option(help="Each model is trained.")] = 240,
    molecules: Annotated[int, typer.Option(help="Of a kind, to learn from.")] = 800,
    asked: Annotated[int, typer.Option(help="Molecules of a kind, to ask about.")] = 100,
    read: Annotated[int, typer.Option(help="Molecules of a kind whose captions the compact model reads.")] = 6,
    device: Annotated[str, typer.Option(help="Where models compute.")] = "cpu",
):
    """Does what is learned on one kind of molecules hold for others, by graph and by SMILES? 16 minutes of a core."""
    from llamo.analysis.domains.command import run

    options = {"seeds": seeds, "steps": steps, "molecules": molecules, "asked": asked, "read": read}
    _finish(run(prepared, output, device=device, tell=_tell, **options), output)


@analyze.command()
def tuning(
    conversations: Annotated[Path, typer.Argument(help="Conversations of `llamo build-instructions`, a JSONL file.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the report.")] = Path(
        "runs/analysis/tuning"
    ),
    seeds: Annotated[int, typer.Option(help="Of each model.")] = 3,
    steps: Annotated[int, typer.Option(help="Of stage 1.")] = 150,
    tuning_steps: Annotated[int, typer.Option(help="Of stage 2.")] = 100,
    learned: Annotated[int, typer.Option(help="Molecules to learn from.")] = 500,
    kept: Annotated[int, typer.Option(help="Other molecules: half are asked about, half are examples.")] = 80,
    compact: Annotated[int, typer.Option(help="Molecules that the compact model is asked about.")] = 6,
    device: Annotated[str, typer.Option(help="Where models compute.")] = "cpu",
):
    """What are instruction tuning, conversations and examples in the prompt worth? 8 minutes of a core."""
    from llamo.analysis.tuning.command import run

    options = {"seeds": seeds, "learned": learned, "kept": kept, "compact": compact}
    _finish(run(conversations, output, steps=(steps, tuning_steps), device=device, tell=_tell, **options), output)


def _tell(line: str):
    typer.echo(line, err=True)


def _finish(findings: "list[Finding]", output: Path):
    """Writes findings, and prints what they say in a line each."""
    from llamo.analysis.publishing import VERDICTS, write

    write(findings, output)
    for one in findings:
        typer.echo(f"{one.title}  {VERDICTS[one.verdict]}")
    typer.echo(str(output / "report.html"))
