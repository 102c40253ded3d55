"""What replies cost: estimated before, added up after. Knows prices that the user gives, no price list."""

import math
import threading
from dataclasses import dataclass

MILLION = 1_000_000
# A rough rule for English; SMILES and names take more tokens, often twice as many.
CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True)
class Prices:
    """Of a million tokens, in any one currency.

    Attributes:
        input: of prompts.
        output: of replies.
    """

    input: float
    output: float

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Of so many tokens."""
        return (self.input * prompt_tokens + self.output * completion_tokens) / MILLION


def rough_tokens(text: str) -> int:
    """Characters / 4, rounded up."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


class Spending:
    """Sums over replies, from any thread.

    Args:
        prices: None where no cost is counted.
    """

    def __init__(self, prices: Prices | None = None):
        self.prices = prices
        self.replies = self.prompt_tokens = self.completion_tokens = 0
        self._lock = threading.Lock()

    def add(self, prompt_tokens: int, completion_tokens: int):
        """Adds a reply's tokens."""
        with self._lock:
            self.replies += 1
            self.prompt_tokens += prompt_tokens
            self.completion_tokens += completion_tokens

    @property
    def cost(self) -> float:
        """So far; 0 without prices."""
        return self.prices.of(self.prompt_tokens, self.completion_tokens) if self.prices else 0.0

    def __str__(self) -> str:
        counts = f"{self.replies} replies, {self.prompt_tokens} prompt and {self.completion_tokens} reply tokens"
        return f"{counts}, cost {self.cost:.4g}" if self.prices else counts
