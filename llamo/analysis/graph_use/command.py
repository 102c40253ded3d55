"""`llamo analyze graph-use`: asks the compact model, trains the pairs of graph preference, gives the findings."""

from collections.abc import Callable
from pathlib import Path

from llamo.analysis.finding import Finding


def run(
    output: Path,
    *,
    data: Path,
    prepared: Path,
    runs: Path | None = None,
    model: Path | None = None,
    molecules: int = 24,
    most_atoms: int = 40,
    seeds: int = 3,
    steps: int = 120,
    tuning_steps: int = 40,
    device: str = "cpu",
    tell: Callable[[str], None] = lambda line: None,
) -> list[Finding]:
    """Measures and trains; what is finished is kept in `output/runs`.

    Args:
        output: folder of this analysis.
        data: folder of the data files, for the questions.
        prepared: folder that `examples/03_train_compact.py --only-prepare` makes, for the pairs of graph preference.
        runs: folder with the runs of the compact model, whose kept answers are compared too.
        model: folder of the model that is asked; None is the compact model that comes with the package.
        molecules: of each kind of question.
        most_atoms: of a molecule; larger ones are left out.
        seeds: of graph preference; 0 leaves it out.
        steps: that its models are trained before.
        tuning_steps: with and without preference.
        device: to compute on.
        tell: takes a line about each part.

    Raises:
        ValueError: fewer than two molecules, no data, or a negative number of seeds.
    """
    if molecules < 2:
        raise ValueError(f"molecules must be at least 2, so that graphs can be exchanged, got {molecules}")
    if seeds < 0:
        raise ValueError(f"seeds must be 0 (no graph preference) or more, got {seeds}")
    from llamo.analysis.graph_use.report import parts_finding, preference_finding, use_finding

    answers = _ask(output / "runs", data, model, molecules, most_atoms, device, tell)
    command = f"llamo analyze graph-use --molecules {molecules} --most-atoms {most_atoms}"
    name = "The compact model" if model is None else f"The model {model.name}"
    found = [use_finding(answers, command, model=name), parts_finding(answers, command)]
    if runs is not None:
        from llamo.analysis.graph_use.kept_report import SEEN, kept_finding
        from llamo.analysis.laboratory.kept import compare_kept

        kept = compare_kept(runs, prepared, SEEN)
        found.insert(0, kept_finding(kept, f"llamo analyze graph-use --runs {runs}"))
    if seeds:
        from llamo.analysis.graph_use.preference import tune
        from llamo.analysis.laboratory.terse import terse

        options = {"seeds": seeds, "steps": steps, "tuning_steps": tuning_steps}
        tuned = tune(terse(prepared, data=data), output / "runs", device=device, tell=tell, **options)
        command = f"llamo analyze graph-use --seeds {seeds} --steps {steps} --tuning-steps {tuning_steps}"
        found.append(preference_finding(tuned, command))
    return found


def _ask(
    folder: Path,
    data: Path,
    model: Path | None,
    molecules: int,
    most_atoms: int,
    device: str,
    tell: Callable[[str], None],
):
    import torch

    from llamo.analysis.graph_use.measuring import measure
    from llamo.analysis.graph_use.questions import questions
    from llamo.compact.shipped import shipped
    from modeling_llamo import LlamoForConditionalGeneration
    from processors import LlamoProcessor

    place = shipped() if model is None else model
    asked = questions(data, molecules=molecules, most_atoms=most_atoms)
    loaded = LlamoForConditionalGeneration.from_pretrained(place, dtype=torch.float32).eval()
    torch.nn.Module.to(loaded, device)
    settings = {"model": "compact" if model is None else str(model)}
    return measure(loaded, LlamoProcessor.from_pretrained(place), asked, folder, settings=settings, tell=tell)
