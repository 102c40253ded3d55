"""Multiple choice: share of right choices."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from llamo.metrics.averages import mean, sum_over_rows
from llamo.metrics.references import reference_error
from llamo.metrics.scorer import Columns, Pairs, Scorer


@dataclass(frozen=True, kw_only=True)
class ChoiceScorer(Scorer):
    """`accuracy`: share of all rows whose answer is the reference; `unparsable`: answers that are no choice.

    Upper and lower case and signs around, as in `(B)` and `b.`, do not matter.

    Attributes:
        choices: all there are, such as A to D; where not given, only an empty answer is unparsable.
        chance: accuracy of a guess, printed with the score; by default 1 / number of choices.
    """

    lower_is_better: ClassVar[frozenset[str]] = frozenset({"unparsable"})

    choices: Sequence[str] | None = None
    chance: float | None = None

    def __post_init__(self):
        if self.choices is not None and len({_plain(choice) for choice in self.choices} - {""}) < len(self.choices):
            raise ValueError(f"choices: got {list(self.choices)}; give texts that differ in more than case and signs")
        if self.chance is not None and not 0 <= self.chance <= 1:
            raise ValueError(f"chance: got {self.chance}; give a share between 0 and 1")

    @property
    def settings(self) -> dict[str, str]:
        """`chance`, where known."""
        chance = self.chance
        if chance is None and self.choices:
            chance = 1 / len(self.choices)
        return {} if chance is None else {"chance": f"{chance:.3g}"}

    def measure(self, pairs: Pairs) -> Columns:
        """`correct` and `parsable`: 1 or 0 each."""
        true, given = ([_plain(text) for text in texts] for texts in (pairs.references, pairs.predictions))
        choices = {*given} - {""} if self.choices is None else {_plain(choice) for choice in self.choices}
        for row, text in enumerate(true):
            if not text or (self.choices is not None and text not in choices):
                expected = "a choice" if self.choices is None else f"one of {list(self.choices)}"
                raise reference_error(row, pairs.references[row], expected)
        return {
            "correct": np.array([one == other for one, other in zip(given, true, strict=True)], dtype=float),
            "parsable": np.array([text in choices for text in given], dtype=float),
        }

    def summarise(self, columns: Columns) -> dict[str, float]:
        """`accuracy` and `unparsable`."""
        return {"accuracy": mean(columns["correct"]), "unparsable": sum_over_rows(1 - columns["parsable"])}


def _plain(text: str) -> str:
    return re.sub(r"^\W+|\W+$", "", text).casefold()
