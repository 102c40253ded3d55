"""How the compact model is trained: on two CPU cores, or on one large GPU; and the twins that it is compared with."""

from dataclasses import dataclass, field, replace
from typing import Any

from llamo.compact.model import Size
from llamo.compact.schedule import Schedule, Stage
from llamo.compact.views import Views


@dataclass(frozen=True)
class Plan:
    """All of a run but its data and folders.

    Attributes:
        size: of the model.
        schedule: of training.
        projector: fields of `LlamoProjectorConfig`; default the paper's.
    """

    size: Size
    schedule: Schedule
    projector: dict[str, Any] = field(default_factory=dict)

    def twin(self, name: str) -> "Plan":
        """The same run of another model: "full" is this one, see `TWINS`.

        Raises:
            ValueError: an unknown name.
        """
        if name not in TWINS:
            raise ValueError(f"a twin is one of {', '.join(TWINS)}, got {name!r}")
        return TWINS[name](self)


# Text alone: SMILES, never a graph. Single layer: a Perceiver resampler over the encoder's last layer, with as many
# graph tokens as the multi-level projector has.
TWINS = {
    "full": lambda plan: plan,
    "text-only": lambda plan: replace(plan, schedule=replace(plan.schedule, views=Views(0.0, 0.0, 1.0))),
    "single-layer": lambda plan: replace(
        plan, projector={"projector_type": "resampler", "encoder_layers": -1, "num_query_tokens": 28}
    ),
}

# First everything, descriptions in moderation: there are few of them, and they are soon known by heart. Then
# descriptions above all, at a lower rate.
_FIRST = {"description": 0.35, "talk": 0.35, "iupac": 0.7, "tox21": 0.5, "qm9": 0.5}
_LATER = {"facts": 0.5, "talk": 0.3, "iupac": 0.2, "tox21": 0.3, "qm9": 0.3}

PLANS = {
    "cpu": Plan(
        size=Size(width=256, layers=6, heads=4, inner=704),
        schedule=Schedule(
            stages=(Stage(1000, _FIRST, learning_rate=2e-3), Stage(500, _LATER, learning_rate=8e-4)), max_tokens=4096
        ),
    ),
    "gpu": Plan(
        size=Size(width=384, layers=6, heads=6, inner=768, dropout=0.1),
        schedule=Schedule(
            stages=(Stage(3100, _FIRST, learning_rate=1.5e-3), Stage(1400, _LATER, learning_rate=6e-4)),
            max_tokens=32_768,
            warmup_steps=300,
            bf16=True,
            word_dropout=0.15,
            compiled=True,
            save_every=1500,
            evaluate_every=1500,
        ),
    ),
}
