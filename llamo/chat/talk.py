"""A talk: what was said, which molecules each question was about, and the file it is kept in. Knows no model."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llamo.whole_files import write_whole
from processors.molecule import parse


@dataclass
class Talk:
    """Turns of a conversation.

    Attributes:
        messages: as `processor.apply_chat_template` takes them; molecules are SMILES.
        waiting: SMILES that the next question will be about.
    """

    messages: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    @property
    def molecules(self) -> list[str]:
        """Those that wait, or else those of the last question that had any."""
        said = [[part["smiles"] for part in _parts(message) if part["type"] == "molecule"] for message in self.messages]
        return self.waiting or next((found for found in reversed(said) if found), [])

    def question(self, text: str) -> list[dict[str, Any]]:
        """The messages with one more question, about the molecules that wait. Does not keep it."""
        molecules = [{"type": "molecule", "smiles": smiles} for smiles in self.waiting]
        return [*self.messages, {"role": "user", "content": [*molecules, {"type": "text", "text": text}]}]

    def keep(self, messages: Sequence[dict[str, Any]], answer: str):
        """Keeps a question and what was answered."""
        self.messages = [*messages, {"role": "assistant", "content": answer}]
        self.waiting = []

    def save(self, path: Path):
        """Writes the talk as JSON."""
        kept = {"messages": self.messages, "waiting": self.waiting}
        write_whole(path, json.dumps(kept, indent=2, ensure_ascii=False) + "\n")

    @classmethod
    def load(cls, path: Path) -> "Talk":
        """Reads a talk.

        Raises:
            ValueError: the file cannot be read, or holds no talk.
        """
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            talk = cls(list(kept["messages"]), [str(smiles) for smiles in kept["waiting"]])
            for message in talk.messages:
                for part in _parts(message):
                    parse(part["smiles"]) if part["type"] == "molecule" else str(part["text"])
            roles = [message["role"] for message in talk.messages]
        except OSError as error:
            raise ValueError(f"{path}: {error.strerror}; name a file of !save") from None
        except (ValueError, KeyError, TypeError):
            roles = ["none"]
        if roles != ["user", "assistant"] * (len(roles) // 2):
            raise ValueError(f"{path}: this is no saved talk; name a file of !save")
        return talk


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    return message["content"] if isinstance(message["content"], list) else []
