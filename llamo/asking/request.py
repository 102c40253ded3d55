"""What the command line says about a run of questions, checked. Loads no model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from llamo.assistant import DESCRIBE
from llamo.molecule_files.writing import check_writable
from llamo.molecule_runs.source import Source, model_settings


@dataclass(frozen=True)
class Request(Source):
    """Questions about molecules; `output` is .jsonl, .csv or .parquet.

    Attributes:
        question: in plain words.
        task: whose wording is asked in place of the question, and whose way to read answers.
        values: of `{name}` in the task's wording.
        model: folder or Hub id; None is the model that comes with the package.
        device, dtype, load_in_4bit: see `Assistant.load`.
        retrieve: captions of so many similar molecules in the prompt.
        beams: 1 is greedy.
        max_new_tokens: of an answer; None is the task's number, or 256.
        batch_size: questions at a time.
    """

    question: str = DESCRIBE
    task: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    device: str | None = None
    dtype: str | None = None
    load_in_4bit: bool = False
    retrieve: int = 0
    beams: int = 1
    max_new_tokens: int | None = None
    batch_size: int = 16

    def __post_init__(self):
        super().__post_init__()
        if not self.question.strip():
            raise ValueError("the question is empty; ask something")
        if self.output is not None:
            check_writable(self.output)

    def settings(self) -> dict[str, Any]:
        """See `Source.settings`."""
        names = ("question", "task", "values", "dtype", "load_in_4bit", "retrieve", "beams", "max_new_tokens")
        told = {name: getattr(self, name) for name in names}
        return {**super().settings(), **told, "model": model_settings(self.model)}
