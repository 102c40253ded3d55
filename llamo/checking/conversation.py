"""A conversation as it is checked: questions, answers, molecules, and what its writer was given. Knows no file."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Turn:
    """A question with its answer.

    Attributes:
        question: what was asked.
        answer: what was answered.
    """

    question: str
    answer: str


@dataclass(frozen=True)
class Context:
    """What the writer of a conversation knew beside the structure.

    Attributes:
        description: text about the molecule.
        iupac: its name.
        properties: measured or computed values by name, with their unit in the name.
    """

    description: str = ""
    iupac: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.description or self.iupac or self.properties)

    @property
    def text(self) -> str:
        """All of it as one text."""
        values = (f"{name}: {value}" for name, value in self.properties.items())
        return "\n".join(filter(None, (self.description, self.iupac, *values)))


@dataclass(frozen=True)
class Conversation:
    """Turns about one molecule, several, or none.

    Attributes:
        row: number in its file, from 0.
        molecules: SMILES as they are written.
        turns: in order.
        context: what the writer knew; empty where nobody says.
    """

    row: int
    molecules: tuple[str, ...]
    turns: tuple[Turn, ...]
    context: Context = field(default_factory=Context)

    @property
    def subject(self) -> str | None:
        """The molecule that "it" is: the only one, else nobody knows."""
        return self.molecules[0] if len(self.molecules) == 1 else None

    @property
    def text(self) -> str:
        """Questions and answers as one text."""
        return "\n".join(f"{turn.question}\n{turn.answer}" for turn in self.turns)
