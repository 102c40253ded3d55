"""What everything that answers has in common: a model, a baseline, an endpoint."""

from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from llamo.evaluation.answer import Answer

if TYPE_CHECKING:
    from llamo.tasks.task import Example


class Answerer(Protocol):
    """Answers the examples of a task."""

    @property
    def name(self) -> str:
        """In tables."""
        ...

    def settings(self) -> dict[str, Any]:
        """All that the answers depend on, as JSON; a run that is resumed must have the same."""
        ...

    def answer(self, examples: "Sequence[Example]", *, done: Container[int] = ()) -> Iterator[Answer]:
        """Answers as they come, in any order, each with the row of its example.

        Args:
            examples: all questions.
            done: rows that need no answer any more.
        """
        ...
