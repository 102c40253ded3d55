"""What writes conversations, as a protocol. Knows no backend."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from llamo.checking.conversation import Turn
from llamo.instructions.material import Material


@dataclass(frozen=True)
class Draft:
    """What was written for one row.

    Attributes:
        material: it was written from.
        turns: the conversation; empty where there is none.
        reason: why there is none.
        text: as the model wrote it, where it is not the turns.
    """

    material: Material
    turns: tuple[Turn, ...] = ()
    reason: str = ""
    text: str = ""


class Writer(Protocol):
    """Writes conversations."""

    # Drafts that are made at a time: checked together, and lost together by a kill where nothing keeps replies.
    batch_size: int
    # Whether another attempt may end otherwise.
    can_retry: bool

    def settings(self) -> dict[str, Any]:
        """All that its drafts depend on, for the manifest and to tell one run from another."""
        ...

    def notes(self) -> str:
        """What it cost so far; empty where nothing is counted."""
        ...

    def write(self, materials: Sequence[Material], *, attempt: int) -> Iterator[Draft]:
        """A draft for each row, in any order.

        Args:
            materials: to write from.
            attempt: 0 the first time; another number gives another draft.

        Raises:
            ValueError: the backend refuses, or gives up.
        """
        ...
