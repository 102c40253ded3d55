"""What keeps a model from ignoring its graphs, as checked data. Knows no tensor."""

import math
from dataclasses import dataclass

from llamo.training.perturbation import PERTURBATIONS, Perturbation


@dataclass(frozen=True)
class GraphUseOptions:
    """Graph dropout and graph preference; both are off by default.

    The formula and the source of the defaults are in `llamo.training.graph_preference`.

    Attributes:
        dropout: probability that a training sample loses its molecules' graph tokens (its SMILES stays).
        preference_weight: of the preference loss; published: 0.25. It doubles a step's tokens.
        perturbation: what is wrong with the wrong graph: `shuffle` (another molecule of the batch), `bonds` or `atoms`.
            Published: substructures replaced when data are prepared.
        beta: scale of mean log p; published: 1.
        margin: by how much the true graph shall win; published: 0.5.
        clip: difference beyond which a pair has nothing left to learn, so that wrong graphs are not pushed down without
            end; None for none; published: 1.
        relative: `margin` and `clip` are in units of the batch's mean |beta * mean log p(answer | true graph)|
            (published: of its running mean), instead of plain numbers.
        wrong_gradient: whether the loss also pushes down the answer with the wrong graph; published: yes.
        share: of the bonds or atoms that `bonds` or `atoms` change; published: data named "replace-0.3".
        seed: of all choices, together with step and rank.

    Raises:
        ValueError: a value out of its range.
    """

    dropout: float = 0.0
    preference_weight: float = 0.0
    perturbation: Perturbation = "shuffle"
    beta: float = 1.0
    margin: float = 0.5
    clip: float | None = 1.0
    relative: bool = True
    wrong_gradient: bool = True
    share: float = 0.3
    seed: int = 0

    def __post_init__(self):
        if self.perturbation not in PERTURBATIONS:
            raise ValueError(f"perturbation must be one of {', '.join(PERTURBATIONS)}, got {self.perturbation!r}")
        _check("dropout", self.dropout, "a probability from 0 to 1", 0 <= self.dropout <= 1)
        _check("preference_weight", self.preference_weight, "0 (off) or more", self.preference_weight >= 0)
        _check("beta", self.beta, "above 0", self.beta > 0)
        _check("margin", self.margin, "0 or more", self.margin >= 0)
        _check("share", self.share, "above 0 and at most 1", 0 < self.share <= 1)
        if self.clip is not None:
            _check("clip", self.clip, "above 0, or None for no clipping", self.clip > 0)


def _check(name: str, value: float, expected: str, is_good: bool):
    if not is_good or not math.isfinite(value):
        raise ValueError(f"graph use: {name} must be {expected}, got {value}")
