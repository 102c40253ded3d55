"""`llamo analyze ..`: the paper's open questions, measured; a report and figures each."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
    _publish(run(plan, output, model=model, device=device), output)


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
    _publish(run(plan, output), output)


@analyze.command()
def domains(
    prepared: Annotated[Path, typer.Option(help="Folder of 03_train_compact.py --only-prepare.")] = Path(
        "runs/compact/data"
    ),
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the report.")] = Path(
        "runs/analysis/domains"
    ),
    seeds: Annotated[int, typer.Option(help="Of each model.")] = 1,
    steps: Annotated[int, typer.Option(help="Each model is trained.")] = 600,
    molecules: Annotated[int, typer.Option(help="Of a kind, to learn from.")] = 800,
    asked: Annotated[int, typer.Option(help="Molecules of a kind, to ask about.")] = 100,
    read: Annotated[int, typer.Option(help="Molecules of a kind whose captions the compact model reads.")] = 6,
    device: Annotated[str, typer.Option(help="Where models compute.")] = "cpu",
):
    """Does what is learned on one kind of molecules hold for others, by graph and SMILES? 40 minutes per seed."""
    from llamo.analysis.domains.command import run

    options = {"seeds": seeds, "steps": steps, "molecules": molecules, "asked": asked, "read": read}
    with _told() as tell:
        found = run(prepared, output, device=device, tell=tell, **options)
    _publish(found, output)


@analyze.command()
def tuning(
    conversations: Annotated[Path, typer.Argument(help="Conversations of `llamo build-instructions`, a JSONL file.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the report.")] = Path(
        "runs/analysis/tuning"
    ),
    seeds: Annotated[int, typer.Option(help="Of each model.")] = 3,
    steps: Annotated[int, typer.Option(help="Of stage 1.")] = 600,
    tuning_steps: Annotated[int, typer.Option(help="Of stage 2.")] = 400,
    learned: Annotated[int, typer.Option(help="Molecules to learn from.")] = 2500,
    kept: Annotated[int, typer.Option(help="Other molecules: half are asked about, half are examples.")] = 160,
    compact: Annotated[int, typer.Option(help="Molecules that the compact model is asked about.")] = 6,
    device: Annotated[str, typer.Option(help="Where models compute.")] = "cpu",
):
    """What are instruction tuning, conversations and examples in the prompt worth? 30 minutes of a core."""
    from llamo.analysis.tuning.command import run

    options = {"seeds": seeds, "learned": learned, "kept": kept, "compact": compact}
    with _told() as tell:
        found = run(conversations, output, steps=(steps, tuning_steps), device=device, tell=tell, **options)
    _publish(found, output)


@analyze.command()
def projector(
    prepared: Annotated[
        Path, typer.Option(help="Prepared data of the compact model (examples/03_train_compact.py --only-prepare).")
    ] = Path("runs/compact/data"),
    data: Annotated[Path | None, typer.Option(help="Folder of the data files, to prepare them if need be.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Of each arm.")] = 3,
    steps: Annotated[int, typer.Option(min=1, help="Of each run.")] = 400,
    descriptions: Annotated[
        int, typer.Option(min=0, help="To learn from besides facts, and to be measured on; 0 for facts alone.")
    ] = 300,
    table_only: Annotated[bool, typer.Option("--table-only", help="The arms of the paper's table alone.")] = False,
    twins: Annotated[
        Path | None, typer.Option(help="Runs of the compact model and its twins, whose answers are compared too.")
    ] = None,
    device: Annotated[str, typer.Option(help="Where models compute.")] = "cpu",
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder; finished runs in it are kept.")] = Path(
        "runs/analysis/projector"
    ),
):
    """Train tiny LLaMos with every projector on the same rows: the paper's ablation, attention and tokens per level."""
    from llamo.analysis.projector.command import run

    with _told() as tell:
        found = run(
            output,
            prepared=prepared,
            data=data,
            seeds=seeds,
            steps=steps,
            descriptions=descriptions,
            table_only=table_only,
            twins=twins,
            device=device,
            tell=tell,
        )
    _publish(found, output)


@analyze.command("graph-use")
def graph_use(
    data: Annotated[Path, typer.Option(envvar="LLAMO_DATA", help="Folder of the data files.")],
    prepared: Annotated[
        Path, typer.Option(help="Prepared data of the compact model (examples/03_train_compact.py --only-prepare).")
    ] = Path("runs/compact/data"),
    runs: Annotated[
        Path | None, typer.Option(help="Runs of the compact model, whose kept answers are compared too.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="Folder of the model; default the compact one.")] = None,
    molecules: Annotated[int, typer.Option(min=2, help="Of each kind of question.")] = 24,
    most_atoms: Annotated[int, typer.Option(min=2, help="Larger molecules are left out.")] = 40,
    seeds: Annotated[int, typer.Option(min=0, help="Of graph preference; 0 leaves it out.")] = 3,
    steps: Annotated[int, typer.Option(min=1, help="Before graph preference.")] = 120,
    tuning_steps: Annotated[int, typer.Option(min=1, help="With and without graph preference.")] = 40,
    device: Annotated[str, typer.Option(help="Where models compute.")] = "cpu",
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder; finished parts in it are kept.")] = Path(
        "runs/analysis/graph-use"
    ),
):
    """Ask a model with true, wrong, spoiled and no graphs, and train with and without graph preference."""
    from llamo.analysis.graph_use.command import run

    with _told() as tell:
        found = run(
            output,
            data=data,
            prepared=prepared,
            runs=runs,
            model=model,
            molecules=molecules,
            most_atoms=most_atoms,
            seeds=seeds,
            steps=steps,
            tuning_steps=tuning_steps,
            device=device,
            tell=tell,
        )
    _publish(found, output)


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

    request = Request(output, seeds, steps, number, asked, learning_rate, device)
    _publish(run(request, report=lambda line: typer.echo(line, err=True)), output)


@contextmanager
def _told() -> Iterator[Callable[[str], None]]:
    """Prints lines about the work to stderr, and keeps transformers quiet."""
    from llamo.quiet import quiet

    with quiet():
        yield lambda line: typer.echo(line, err=True)


def _publish(findings: Sequence["Finding"], output: Path):
    from llamo.analysis.publishing import VERDICTS, write

    write(findings, output)
    for one in findings:
        typer.echo(f"{one.title} {VERDICTS[one.verdict].capitalize()}.")
        for table in one.tables:
            typer.echo("\n".join("\t".join(row) for row in (table.header, *table.rows)))
    typer.echo(str(output / "report.html"))
