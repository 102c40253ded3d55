"""Work on a model in steps, so that others can have the model in between. Knows no model."""

from collections.abc import Generator
from typing import TypeVar

Made = TypeVar("Made")
Steps = Generator[None, None, Made]


def advance(steps: Steps[Made]) -> Made | None:
    """Does one step; gives what was made, or None where that was not the last one."""
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    return None


def finish(steps: Steps[Made]) -> Made:
    """Does all that is left, and gives what was made."""
    while (made := advance(steps)) is None:
        pass
    return made
