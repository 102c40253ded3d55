"""What an analysis found. Knows words, numbers and finished figures; no model and no file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Verdict = Literal["supports", "contradicts", "undecided", "no claim"]


@dataclass(frozen=True)
class Figure:
    """A finished picture: a whole SVG document, and what has to be said about it."""

    svg: str
    caption: str


@dataclass(frozen=True)
class Table:
    """Texts in rows, as they are shown; the first column names the row."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    def __post_init__(self):
        if wrong := [row for row in self.rows if len(row) != len(self.header)]:
            raise ValueError(f"a row of the table has {len(wrong[0])} cells, its header {len(self.header)}: {wrong[0]}")


@dataclass(frozen=True)
class Finding:
    """One claim looked at: a command, a paragraph, a figure.

    Attributes:
        name: of the finding, in a file's name: letters, digits and hyphens.
        title: of its section.
        claim: what the paper says (with the place), or the question it leaves open.
        verdict: what the numbers say to the claim.
        text: one paragraph: what was measured, on what, with which uncertainty, what came out.
        command: that repeats it.
        figures: the picture first, others after it.
        tables: the numbers behind it.
        caveats: what this does not show.
        numbers: everything measured, for a program; JSON only.
    """

    name: str
    title: str
    claim: str
    verdict: Verdict
    text: str
    command: str
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    caveats: tuple[str, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        if self.verdict not in get_args(Verdict):
            raise ValueError(f"a verdict is one of {', '.join(get_args(Verdict))}, got {self.verdict!r}")
        if not self.name.replace("-", "").isalnum():
            raise ValueError(f"a finding's name is letters, digits and hyphens, got {self.name!r}")
