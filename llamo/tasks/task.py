"""What a task is: questions about molecules with known answers, how an answer is read, and how answers are scored."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from llamo.data.sources import DataSource
from llamo.metrics.scorer import Scorer

AnswerKind = Literal["text", "smiles", "name", "number", "yes_no", "choice"]


@dataclass(frozen=True)
class Example:
    """One question.

    Attributes:
        row: number in its split.
        molecules: SMILES whose graphs the question is about, in the order of `<graph>` in the prompt; none where it is
            text alone.
        prompt: the question.
        target: its answer.
        group: what is scored apart and averaged, such as an assay.
    """

    row: int
    molecules: tuple[str, ...]
    prompt: str
    target: str
    group: str | None = None

    @property
    def smiles(self) -> str:
        """The molecules as one text: the first, or `a>>b` of a reaction."""
        return ">>".join(self.molecules)


@dataclass(frozen=True)
class Fields:
    """What a row of data says, before it is put into a prompt.

    Attributes:
        molecules: SMILES, in order.
        target: the answer.
        values: what the prompt's `{name}` are filled with.
        group: see `Example`.
        key: SMILES by whose structure or scaffold rows are kept apart (`Split.part`, `Split.without`), such as the
            product of a reaction; default the first molecule.
    """

    molecules: tuple[str, ...]
    target: str
    values: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Split:
    """Where the rows of a split are.

    Attributes:
        hub: on the Hub; None where it is not there.
        local: a file of the same data, or several; paths are taken from the data folder (`--data-folder`,
            `LLAMO_DATA`).
        part: where the source has no splits of its own, the part of it that is this split: "train" (80 %),
            "validation" (10 %) or "test" (10 %), by a hash of `part_key`.
        part_key: the scaffold or structure by which rows go together into a part.
        without: other splits; rows that share a structure with them are left out, as leaks.
        keep: says of a row whether it is of this split, where no column can say it (`DataSource.where`).
    """

    hub: DataSource | None = None
    local: DataSource | tuple[DataSource, ...] | None = None
    part: Literal["train", "validation", "test"] | None = None
    part_key: Literal["scaffold", "structure"] = "structure"
    without: tuple[str, ...] = ()
    keep: Callable[[Mapping[str, Any]], bool] | None = None


@dataclass(frozen=True)
class Task:
    """A task.

    Attributes:
        name: for the command line, such as `description-chebi20`.
        title: in words.
        prompts: ways to ask; evaluation takes the first, training draws one per row. `{name}` is filled from the row;
            `<graph>` says where a molecule stands, by default in front.
        splits: train, validation and test.
        read: a row of data -> the fields of one or several examples (a row of Tox21 holds up to twelve). Raises
            ValueError with reason and remedy for a row that has none.
        answer: kind of answer.
        parse: the answer in what a model said; an empty text where there is none.
        scorers: makes the metrics, given the name of a tokenizer.
        max_new_tokens: that an answer may take.
        unit: of a number.
        licence: of the data, and its source.
        arrange: makes the fields of a split out of those that were read, for questions that need more than their own
            row, such as the wrong options of a choice. Must not depend on the order of rows.
    """

    name: str
    title: str
    prompts: Sequence[str]
    splits: Mapping[str, Split]
    read: Callable[[Mapping[str, Any]], Sequence[Fields]]
    answer: AnswerKind
    parse: Callable[[str], str]
    scorers: Callable[[str], Sequence[Scorer]]
    max_new_tokens: int = 256
    unit: str = ""
    licence: str = ""
    arrange: Callable[[Sequence[Fields]], Sequence[Fields]] | None = None

    def ask(self, row: int, fields: Fields, *, draw_seed: int | None = None) -> Example:
        """The question of a row: in the first wording, or in one drawn by `draw_seed` and the row's number."""
        wording = self.prompts[0]
        if draw_seed is not None:
            wording = random.Random(f"{draw_seed}-{row}").choice(self.prompts)
        prompt = re.sub(r"\{(\w+)\}", lambda match: fields.values[match.group(1)], wording)
        return Example(row, fields.molecules, prompt, fields.target, fields.group)
