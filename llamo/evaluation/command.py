"""`llamo evaluate` step by step: the task, its questions, who answers, scores, and the table of all of them."""

import json
import sys
from collections.abc import Callable, Container, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from llamo.evaluation.comparison import comparison
from llamo.evaluation.predictions_file import read_predictions
from llamo.evaluation.report import write_report
from llamo.evaluation.result import Result
from llamo.evaluation.run import REPORT, ScoringOptions, answer_all, folder_name, score_and_write
from llamo.evaluation.scoring import make_scorers
from llamo.evaluation.systems import SystemOptions, open_system
from llamo.metrics.scorer import Scorer
from llamo.metrics.tokenizers import vocabulary_in
from llamo.tasks import Task, get_task
from llamo.tasks.loading import Examples, open_examples
from llamo.whole_files import write_whole


@dataclass(frozen=True)
class Request:
    """What the command line asks for.

    Attributes:
        task: name, or a file that defines one.
        systems: see `open_system`.
        predictions: files of answers.
        split: of the task's data.
        data: a file in its place.
        train_data: a file in place of the task's training examples, for baselines.
        data_folder: where the task's local files are.
        limit: the first examples only.
        tokenizer: of the text metrics.
        output: folder; None is `runs/evaluation/TASK`, and nothing for files of answers.
        overwrite: begin anew, whatever the folder holds.
        resamples: of the bootstrap.
        seed: of the bootstrap.
        options: how systems are asked.
    """

    task: str
    systems: Sequence[str] = ()
    predictions: Sequence[Path] = ()
    split: str = "test"
    data: Path | None = None
    train_data: Path | None = None
    data_folder: Path | None = None
    limit: int | None = None
    tokenizer: str = "scibert"
    output: Path | None = None
    overwrite: bool = False
    resamples: int = 1000
    seed: int = 0
    options: SystemOptions = field(default_factory=SystemOptions)

    def __post_init__(self):
        if not self.task:
            raise ValueError("name a task with --task; `llamo tasks` lists them")
        if not self.systems and not self.predictions:
            raise ValueError("nothing to evaluate: name a model or a baseline, or give --predictions FILE.jsonl")
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"limit must be at least 1, got {self.limit}")
        chosen = [
            self.data is not None and "data",
            self.limit is not None and "limit",
            self.split != "test" and "split",
        ]
        if not self.systems and any(chosen):
            named = ", ".join(f"--{name}" for name in chosen if name)
            raise ValueError(f"{named}: for questions that systems are asked; a file of answers is scored whole")


def evaluate(request: Request) -> list[Result]:
    """Evaluates all that a request names; of several, the folder also gets the table that sets them side by side.

    Raises:
        ValueError: a task, model, file or tool is not there or does not fit, in one line.
    """
    task = _task(request)
    scorers = make_scorers(task, _tokenizer(request))
    results: list[Result] = []
    for path in request.predictions:
        results.append(_score_file(request, task, path, scorers, {folder_name(result.system) for result in results}))
    if request.systems:
        examples = _examples(request, task, request.split)
        notes = [_describe_data(request, examples)]
        for spec in request.systems:
            taken = {folder_name(result.system) for result in results}
            results.append(_run_system(request, task, spec, examples, scorers, notes, taken))
    folder = _folder(request, task)
    if folder is not None and len(results) > 1:
        _set_side_by_side(folder, results)
    return results


def _task(request: Request) -> Task:
    """The task; of the user's own data neither title nor licence is the task's."""
    task = get_task(request.task)
    if request.data is None:
        return task
    return replace(task, title=f"{request.data.name}, read and scored as {task.name}", licence="")


def _set_side_by_side(folder: Path, results: Sequence[Result]):
    """The table of all systems, which each one's report then holds too."""
    table = comparison(results)
    write_whole(folder / "comparison.md", table.markdown() + "\n")
    write_whole(folder / "comparison.json", _json(table.to_dict()) + "\n")
    for result in results:
        others = [other for other in results if other is not result]
        write_report(result, folder / folder_name(result.system) / REPORT, baselines=others)


def show(results: Sequence[Result], *, as_json: bool):
    """Prints the scores of one system, or of several, beside published ones."""
    if not as_json:
        Console().print(comparison(results))
    elif len(results) == 1:
        print(_json(results[0].to_dict()))
    else:
        print(_json({"results": [result.to_dict() for result in results]}))


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)


def _tokenizer(request: Request) -> str:
    """`model` is the tokenizer of the one model that is evaluated; SciBERT's may lie in the data folder."""
    if request.tokenizer == "scibert" and request.data_folder and vocabulary_in(request.data_folder):
        return f"scibert:{request.data_folder}"
    if request.tokenizer != "model":
        return request.tokenizer
    if len(request.systems) != 1:
        raise ValueError("--tokenizer model needs exactly one model; give the folder or Hub id of a tokenizer")
    return request.systems[0].removeprefix("text:")


def _folder(request: Request, task: Task) -> Path | None:
    if request.output is None and not request.systems:
        return None
    return request.output or Path("runs/evaluation") / task.name


def _examples(request: Request, task: Task, split: str) -> Examples:
    return open_examples(task, split, data_file=request.data, data_folder=request.data_folder, limit=request.limit)


def _describe_data(request: Request, examples: Examples) -> str:
    left_out = f", {len(examples.left_out)} rows left out" if examples.left_out else ""
    limited = f", the first {request.limit} only" if request.limit else ""
    where = f"split {request.split}" if request.data is None else f"the file {request.data.name}"
    return f"{len(examples)} examples of {where}{limited}{left_out}"


def _training_examples(request: Request, task: Task) -> Callable[[], Any]:
    @cache
    def train() -> Examples:
        if request.data is not None and request.train_data is None:
            raise ValueError(f"--data {request.data} has no training rows beside it; give a file of them, --train-data")
        return open_examples(task, "train", data_file=request.train_data, data_folder=request.data_folder)

    return train


def _score_file(request: Request, task: Task, path: Path, scorers: Sequence[Scorer], taken: Container[str]) -> Result:
    folder = _folder(request, task)
    name = path.name.removesuffix(".gz").removesuffix(".jsonl")
    if name == "predictions":  # as every run writes it, into the folder of its system
        name = path.resolve().parent.name
    if folder_name(name) in taken:
        raise ValueError(f"{path}: another system is called {name} too; rename the file or its folder")
    return score_and_write(
        task,
        read_predictions(path),
        scorers,
        system=name,
        options=ScoringOptions(request.resamples, request.seed),
        folder=None if folder is None else folder / folder_name(name),
    )


def _run_system(
    request: Request,
    task: Task,
    spec: str,
    examples: Examples,
    scorers: Sequence[Scorer],
    notes: Sequence[str],
    taken: Container[str],
) -> Result:
    answerer = open_system(spec, task, request.options, train=_training_examples(request, task))
    folder = _folder(request, task)
    assert folder is not None
    if folder_name(answerer.name) in taken:
        raise ValueError(f"{spec}: another system is called {answerer.name} too; rename its folder or file")
    folder = folder / folder_name(answerer.name)
    with _progress(answerer.name, len(examples)) as advance:
        answers = answer_all(answerer, task, examples, folder, overwrite=request.overwrite, progress=advance)
    notes = [*notes, *getattr(answerer, "notes", list)()]
    plain = (str, int, float)
    asked = {"split": request.split} | {
        name: str(value) for name, value in answerer.settings().items() if isinstance(value, plain)
    }
    options = ScoringOptions(request.resamples, request.seed, asked, notes)
    result = score_and_write(task, answers, scorers, system=answerer.name, options=options, folder=folder)
    print(f"wrote {folder}", file=sys.stderr)
    return result


@contextmanager
def _progress(title: str, total: int):
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(title, total=total)
        yield lambda number: progress.advance(bar, number)
