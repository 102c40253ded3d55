"""Floating-point operations of a language model, by calculation: no weights, no tensors.

A product of (m, k) and (k, n) counts 2 m k n. Norms, activations and the softmax are left out: under a percent.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class LanguageModel:
    """A Llama. The defaults are Llama-2-7b with `<pad>` and `<graph>`.

    Attributes:
        width: of the token states.
        inner: of the feed-forward.
        layers: number of them.
        vocabulary: tokens.
    """

    width: int = 4096
    inner: int = 11008
    layers: int = 32
    vocabulary: int = 32002

    @property
    def weights(self) -> int:
        """In the products that every token goes through."""
        return self.layers * (4 * self.width**2 + 3 * self.width * self.inner) + self.width * self.vocabulary

    def forward(self, tokens: int, *, before: int = 0) -> float:
        """Of so many tokens behind `before` others, which each of them reads with those in front of it."""
        seen = tokens * before + tokens * (tokens + 1) / 2
        return 2 * self.weights * tokens + 4 * self.width * self.layers * seen
