"""The share of encoder and projector in a whole step of a 7B model, by calculation. Knows numbers only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llamo.analysis.cost.language_model import LanguageModel
from llamo.analysis.cost.projectors import ENCODER, Sizes

# Multiples of a forward pass: gradients of the weights cost one more, gradients of the inputs another.
STEPS = {
    # name: (language model, encoder, projector)
    "alignment": (2, 3, 3),
    "instruction tuning": (2, 1, 3),
    "reading a prompt": (1, 1, 1),
}


@dataclass(frozen=True)
class Share:
    """What a molecule costs in one pass over one prompt with its answer, in floating-point operations.

    Attributes:
        language: the language model, over text and graph tokens.
        encoder: of the graph.
        projector: to tokens.
    """

    language: float
    encoder: float
    projector: float

    @property
    def of_projector(self) -> float:
        """Of the whole, 0 to 1."""
        return self.projector / (self.language + self.encoder + self.projector)

    @property
    def of_encoder(self) -> float:
        """Of the whole, 0 to 1."""
        return self.encoder / (self.language + self.encoder + self.projector)


def share(step: str, kind: str, atoms: int, text: int, counted: Mapping[str, Any], small: Sizes, large: Sizes) -> Share:
    """A share at the sizes `large`.

    Args:
        step: a key of `STEPS`.
        kind: of projector.
        atoms: of the molecule.
        text: tokens of the prompt and answer, graph tokens not counted.
        counted: `flops` of each kind for this molecule, counted at the sizes `small`.
        small: see there.
        large: differs from it in `text_width` alone.
    """
    language, encoder, projector = STEPS[step]
    model = LanguageModel(width=large.text_width)
    own = counted[kind]["flops"] - small.text_flops(kind, atoms) + large.text_flops(kind, atoms)
    return Share(
        language * model.forward(text + large.tokens(kind, atoms)),
        encoder * counted[ENCODER]["flops"],
        projector * own,
    )
