"""What is wrong with a row: as a record, and as an error of one line. Knows no file and no molecule."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Category = Literal["schema", "molecule", "empty_output", "no_answer", "too_long", "template", "leak"]

# Characters of a bad value that a record keeps.
_SHOWN = 200


@dataclass(frozen=True)
class BadRow:
    """One row that cannot be trained on.

    Attributes:
        source: label of the source.
        row: its number in that source, from 0, before any filter.
        value: what was found, shortened.
        reason: why that is no good.
        remedy: what to do about it.
        category: kind of reason, for counting.
    """

    source: str
    row: int
    value: str
    reason: str
    remedy: str
    category: Category

    def __str__(self) -> str:
        return f"{self.source}, row {self.row}: {self.reason}; {self.remedy} (got {self.value})"

    def to_dict(self) -> dict[str, Any]:
        """As it stands in a report."""
        return asdict(self)


class RowError(ValueError):
    """A bad row, as an error.

    Args:
        bad: the record.
    """

    def __init__(self, bad: BadRow):
        super().__init__(str(bad))
        self.bad = bad

    def __reduce__(self):
        return (type(self), (self.bad,))


class Problem(ValueError):
    """A bad row whose place is not known yet.

    Args:
        category: kind of reason.
        reason: why the row is no good.
        remedy: what to do about it.
        value: what was found.
    """

    def __init__(self, category: Category, reason: str, remedy: str, value: Any):
        super().__init__(f"{reason}; {remedy}")
        self.category: Category = category
        self.reason, self.remedy, self.value = reason, remedy, value

    def __reduce__(self):
        return (type(self), (self.category, self.reason, self.remedy, self.value))

    def at(self, source: str, row: int) -> RowError:
        """The same with its place."""
        reason, remedy = (" ".join(text.split()) for text in (self.reason, self.remedy))
        return RowError(BadRow(source, row, _shown(self.value), reason, remedy, self.category))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}.. ({len(text)} characters)"
