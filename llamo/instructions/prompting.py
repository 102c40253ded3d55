"""How language models of all backends are asked for a conversation, and how their text becomes a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llamo.checking.conversation import Conversation
from llamo.instructions.exemplars import exemplars, sample
from llamo.instructions.material import Material
from llamo.instructions.prompt import messages, prompt_hash
from llamo.instructions.turns import NoConversation, read_turns
from llamo.instructions.writer import Draft


@dataclass(frozen=True)
class Prompting:
    """What a language model is told.

    Attributes:
        pool: hand-written conversations.
        shown: how many of them it sees.
        fewest: questions at least.
        most: questions at most.
        seed: of the draw of exemplars.
        max_tokens: of a conversation.
    """

    pool: Sequence[Conversation] = ()
    shown: int = 3
    fewest: int = 3
    most: int = 8
    seed: int = 0
    max_tokens: int = 1024

    def messages(self, material: Material, *, attempt: int) -> list[dict[str, str]]:
        """The chat; every attempt shows other exemplars."""
        drawn = sample(self._pool, self.shown, seed=self.seed, row=material.row, attempt=attempt)
        return messages(material.smiles, material.context, drawn, fewest=self.fewest, most=self.most)

    def settings(self) -> dict[str, Any]:
        """All that the prompt depends on beside the rows."""
        return {
            "prompt_sha256": prompt_hash(self._pool),
            "exemplars": self.shown,
            "turns": [self.fewest, self.most],
            "seed": self.seed,
            "max_tokens": self.max_tokens,
        }

    @property
    def _pool(self) -> Sequence[Conversation]:
        return self.pool or exemplars()


def draft_of(material: Material, text: str) -> Draft:
    """A model's text as a draft."""
    try:
        return Draft(material, tuple(read_turns(text)), text=text)
    except NoConversation as error:
        return Draft(material, reason=f"no conversation: {error}", text=text)
