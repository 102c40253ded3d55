"""One request to a chat endpoint: its fields, its name in the cache, its size. Knows no network and no key."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llamo.baselines.cost import rough_tokens


@dataclass(frozen=True)
class ChatRequest:
    """One request.

    Attributes:
        fields: model, messages and sampling options, as they are sent.
        sample: number among samples of the same question.
    """

    fields: Mapping[str, Any]
    sample: int = 0

    def key(self, base_url: str) -> str:
        """SHA-256 of all that the reply depends on."""
        text = json.dumps([base_url.rstrip("/"), self.fields, self.sample], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def prompt_tokens(self) -> int:
        """Of all messages, roughly."""
        return sum(rough_tokens(message["content"]) for message in self.fields["messages"])

    @property
    def longest_reply(self) -> int | None:
        """Tokens that the reply can have, if that is limited."""
        return self.fields.get("max_completion_tokens") or self.fields.get("max_tokens")
