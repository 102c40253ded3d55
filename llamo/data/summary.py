"""How many rows came in, how many are left, and what the others lack."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from llamo.data.bad_row import BadRow


@dataclass(frozen=True)
class SourceSummary:
    """Counts of one source, or of several.

    Attributes:
        source: label.
        rows_in: rows after `where` and `max_rows`; of a stream, rows read so far.
        rows_out: rows left to train on.
        bad: rows left out, by category.
        leaks: rows whose molecule is held out as well, left out or (policy "warn") not.
    """

    source: str
    rows_in: int
    rows_out: int
    bad: dict[str, int] = field(default_factory=dict)
    leaks: int = 0

    def __str__(self) -> str:
        return f"{self.source}: {self.rows_in} rows in, {self.rows_out} out{describe(self.bad)}"


def describe(bad: dict[str, int]) -> str:
    """`, 3 bad (molecule 2, schema 1)`, or nothing."""
    if not bad:
        return ""
    return f", {sum(bad.values())} bad ({', '.join(f'{name} {number}' for name, number in sorted(bad.items()))})"


def count(rows: Iterable[BadRow]) -> dict[str, int]:
    """Bad rows by category."""
    return dict(sorted(Counter(row.category for row in rows).items()))


def total(summaries: Sequence[SourceSummary], *, source: str = "all sources") -> SourceSummary:
    """The sum of several summaries."""
    bad: Counter[str] = Counter()
    for summary in summaries:
        bad.update(summary.bad)
    return SourceSummary(
        source=source,
        rows_in=sum(summary.rows_in for summary in summaries),
        rows_out=sum(summary.rows_out for summary in summaries),
        bad=dict(sorted(bad.items())),
        leaks=sum(summary.leaks for summary in summaries),
    )
