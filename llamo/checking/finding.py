"""What a check finds in a conversation, and the verdict over it. Knows no chemistry."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Area = Literal["form", "chemistry", "support", "diversity", "leakage"]
# Characters of a claim that a finding keeps.
_SHOWN = 160


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or may be.

    Attributes:
        area: of the check.
        kind: what is wrong, such as `formula` or `truncated`.
        turn: number of the turn, from 0; None for the whole conversation.
        claim: what stands there.
        truth: what should; empty where nobody can say.
        is_error: certain enough to refuse the conversation; otherwise a reader should look.
    """

    area: Area
    kind: str
    turn: int | None
    claim: str
    truth: str = ""
    is_error: bool = True

    def __str__(self) -> str:
        where = "" if self.turn is None else f"turn {self.turn + 1}: "
        expected = f"; expected {self.truth}" if self.truth else ""
        return f"{self.area}, {self.kind}: {where}{_shortened(self.claim)}{expected}"

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "claim": _shortened(self.claim), "truth": _shortened(self.truth)}


@dataclass(frozen=True)
class Verdict:
    """Of one conversation.

    Attributes:
        row: number in its file.
        findings: all of them.
        checked: claims that could be decided, by kind.
        wrong: those among them that are wrong, by kind.
        unchecked: claims of a known kind that nobody could decide.
    """

    row: int
    findings: tuple[Finding, ...] = ()
    checked: Mapping[str, int] = field(default_factory=Counter)
    wrong: Mapping[str, int] = field(default_factory=Counter)
    unchecked: Mapping[str, int] = field(default_factory=Counter)

    @property
    def is_good(self) -> bool:
        """Nothing certain is wrong."""
        return not any(finding.is_error for finding in self.findings)

    @property
    def reasons(self) -> list[str]:
        """Kinds of errors, each once."""
        return list(dict.fromkeys(f"{one.area}: {one.kind}" for one in self.findings if one.is_error))

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "row": self.row,
            "good": self.is_good,
            "findings": [finding.to_dict() for finding in self.findings],
            "checked": dict(self.checked),
            "wrong": dict(self.wrong),
            "unchecked": dict(self.unchecked),
        }


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else f"{flat[:_SHOWN]}.."
