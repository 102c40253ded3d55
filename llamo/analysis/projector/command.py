"""`llamo analyze projector`: runs the arms and gives the findings."""

from collections.abc import Callable
from pathlib import Path

from llamo.analysis.finding import Finding


def run(
    output: Path,
    *,
    prepared: Path,
    data: Path | None = None,
    seeds: int = 3,
    steps: int = 400,
    descriptions: int = 300,
    table_only: bool = False,
    twins: Path | None = None,
    device: str = "cpu",
    tell: Callable[[str], None] = lambda line: None,
) -> list[Finding]:
    """Trains and measures every arm of `all_arms`; finished ones are in `output/runs` and not run again.

    Args:
        output: folder of this analysis.
        prepared: folder that `examples/03_train_compact.py --only-prepare` makes.
        data: folder of the data files, to make it where it is not there.
        seeds: of each arm.
        steps: of each run.
        descriptions: to learn from besides facts, and to be measured on; 0 for facts alone.
        table_only: the arms of the paper's table alone.
        twins: folder with the runs of the compact model and its twins, whose answers are compared too.
        device: to compute on.
        tell: takes a line about each run.

    Raises:
        ValueError: fewer than one seed, or no data.
    """
    from llamo.analysis.laboratory import run_arms
    from llamo.analysis.laboratory.material import MOST_ATOMS
    from llamo.analysis.laboratory.terse import terse
    from llamo.analysis.projector.arms import all_arms
    from llamo.analysis.projector.report import findings

    if seeds < 1:
        raise ValueError(f"seeds must be at least 1, got {seeds}")
    material = terse(prepared, data=data, descriptions=descriptions)
    results = run_arms(
        all_arms(seeds, steps, table_only=table_only), material, output / "runs", device=device, tell=tell
    )
    command = f"llamo analyze projector --seeds {seeds} --steps {steps} --descriptions {descriptions}"
    command += " --table-only" if table_only else ""
    found = findings(results, command, atoms=MOST_ATOMS)
    if twins is not None:
        from llamo.analysis.laboratory.kept import compare_kept
        from llamo.analysis.projector.twins_report import TWINS, twins_finding

        found.append(twins_finding(compare_kept(twins, prepared, TWINS), f"llamo analyze projector --twins {twins}"))
    return found
