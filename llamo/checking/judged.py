"""A claim with what became of it. Knows no chemistry."""

from dataclasses import dataclass
from typing import Literal

State = Literal["right", "wrong", "unchecked"]


@dataclass(frozen=True)
class Judged:
    """A claim of an answer.

    Attributes:
        kind: what it is about.
        claim: its words.
        state: right, wrong, or nobody can say.
        truth: what would be right, where it is wrong.
    """

    kind: str
    claim: str
    state: State
    truth: str = ""


def judged(kind: str, claim: str, is_right: bool | None, truth: str = "") -> Judged:
    """From whether it is right; None where nobody can say."""
    if is_right is None:
        return Judged(kind, claim, "unchecked")
    return Judged(kind, claim, "right") if is_right else Judged(kind, claim, "wrong", truth)
