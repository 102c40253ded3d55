"""What one run of the laboratory is: everything that tells it from another. Data only."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from llamo.analysis.laboratory.shown import SHOWN
from llamo.compact.model import Size

SIZE = Size(width=96, layers=2, heads=4, inner=192, graph_width=64)
# Enough for terse rows (`terse.py`).
SMALL = Size(width=64, layers=2, heads=4, inner=128, graph_width=64)


@dataclass(frozen=True)
class Arm:
    """One tiny model and its training.

    Attributes:
        name: of what is compared; all seeds of an arm share it.
        projector: fields of `LlamoProjectorConfig`; default the paper's.
        graph: fields of `LlamoGraphConfig`, such as `num_hidden_layers`; default the paper's.
        view: what is shown of molecules, in training and in tests: one of `SHOWN`.
        rows: name of the part of the material that is learned from; "all" is all of it.
        seed: of weights and order.
        steps: of the optimizer.
        base_steps: steps in which the decoder learned text alone before (questions and answers about molecules that are
            not shown), as a language model comes to LLaMo; the same base for all seeds. 0 is random weights.
        tokens: of a step, in the count that is the same for all projectors, see `ShownRows`.
        learning_rate: the highest.
        size: of the model.

    Raises:
        ValueError: an unknown view, or no steps.
    """

    name: str
    projector: Mapping[str, Any] = field(default_factory=dict)
    graph: Mapping[str, Any] = field(default_factory=dict)
    view: str = "graph"
    rows: str = "all"
    seed: int = 0
    steps: int = 300
    base_steps: int = 600
    tokens: int = 1000
    learning_rate: float = 4e-3
    size: Size = SIZE

    def __post_init__(self):
        if self.view not in SHOWN:
            raise ValueError(f"arm {self.name!r}: a view is one of {', '.join(SHOWN)}, got {self.view!r}")
        if self.steps < 1:
            raise ValueError(f"arm {self.name!r}: steps must be at least 1, got {self.steps}")

    def settings(self) -> dict[str, Any]:
        """All of it for JSON."""
        return asdict(self) | {"projector": dict(self.projector), "graph": dict(self.graph)}

    def base(self) -> "Arm":
        """The run whose decoder this one starts from."""
        return replace(
            Arm("base", view="neither"), steps=self.base_steps, base_steps=0, tokens=self.tokens, size=self.size
        )
