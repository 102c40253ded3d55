"""What the demo found out: as a record, as report.json, and as tables in the terminal."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from llamo.demo.answering import Score
from llamo.demo.questions import Example

# A question type counts as learned when the model beats both comparisons by this much.
CLEAR_MARGIN = 0.1


@dataclass(frozen=True)
class Sample:
    """One question as the model answered it."""

    molecule: str
    smiles: str
    question: str
    answer: str
    truth: str


@dataclass(frozen=True)
class DemoReport:
    """The result of a run.

    Attributes:
        train_molecules: molecules learned from.
        held_out_molecules: molecules asked about, none of them learned from.
        parameters: weights of the model.
        epochs: passes over the training questions.
        training_loss: mean over the run.
        seconds: wall time of the whole run.
        scores: accuracy per kind of question.
        samples: a few questions with answer and truth.
    """

    train_molecules: int
    held_out_molecules: int
    parameters: int
    epochs: int
    training_loss: float
    seconds: float
    scores: list[Score]
    samples: list[Sample]

    @property
    def clear_wins(self) -> list[str]:
        """Kinds of question on which the model beats both comparisons by `CLEAR_MARGIN`."""
        return [row.kind for row in self.scores if row.model >= max(row.majority, row.shuffled) + CLEAR_MARGIN]

    def save(self, path: Path):
        """Writes the report as JSON."""
        record = asdict(self) | {"clear_wins": self.clear_wins}
        path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def pick_samples(examples: Sequence[Example], answers: Sequence[str], *, number: int = 12) -> list[Sample]:
    """Evenly spread over the questions, right or wrong."""
    # One further each time, or a stride that is a multiple of the kinds would show few of them.
    chosen = [(row * len(examples) // number + row) % len(examples) for row in range(min(number, len(examples)))]
    return [
        Sample(
            molecule=examples[row].molecule.name,
            smiles=examples[row].molecule.smiles,
            question=examples[row].question,
            answer=answers[row],
            truth=examples[row].truth,
        )
        for row in chosen
    ]


def show(report: DemoReport, console: Console):
    """Prints both tables."""
    console.print(_sample_table(report.samples))
    console.print(_score_table(report))
    console.print(
        f"Clearly better than both comparisons (by {CLEAR_MARGIN:.0%} or more) on {len(report.clear_wins)} of "
        f"{len(report.scores)} kinds of question. {report.parameters:,} weights, {report.seconds:.0f} s in all."
    )


def _sample_table(samples: Sequence[Sample]) -> Table:
    table = Table(title="Questions about molecules the model has never seen", title_justify="left")
    for column in ("molecule", "question", "answer", "truth", ""):
        table.add_column(column)
    for sample in samples:
        right = sample.answer == sample.truth
        verdict = "[green]right[/]" if right else "[red]wrong[/]"
        table.add_row(_plain(sample.molecule), sample.question, _plain(sample.answer), sample.truth, verdict)
    return table


def _score_table(report: DemoReport) -> Table:
    title = f"Accuracy on {report.held_out_molecules} held-out molecules"
    table = Table(title=title, title_justify="left")
    table.add_column("question")
    for column in ("LLaMo", "most frequent answer", "another molecule's graph"):
        table.add_column(column, justify="right")
    for row in report.scores:
        style = "bold green" if row.kind in report.clear_wins else None
        table.add_row(row.kind, f"{row.model:.0%}", f"{row.majority:.0%}", f"{row.shuffled:.0%}", style=style)
    table.add_section()
    means = [sum(getattr(row, name) for row in report.scores) / len(report.scores) for name in _COLUMNS]
    table.add_row("mean", *(f"{mean:.0%}" for mean in means))
    return table


_COLUMNS = ("model", "majority", "shuffled")


def _plain(text: str) -> str:
    """Text in which rich sees no mark-up: names such as benzo[a]pyrene have brackets."""
    return text.replace("[", r"\[")
