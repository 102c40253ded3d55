"""How the compact model is trained: on two CPU cores, or on one large GPU."""

from dataclasses import dataclass

from llamo.compact.loop import Schedule, Stage
from llamo.compact.model import Size
from llamo.compact.prepare import Amounts


@dataclass(frozen=True)
class Plan:
    """All of a run but its folders.

    Attributes:
        size: of the model.
        amounts: of data.
        schedule: of training.
    """

    size: Size
    amounts: Amounts
    schedule: Schedule


# First everything, then descriptions above all, at a lower rate.
_LATER = {"facts": 0.3, "talk": 0.5, "tox21": 0.3, "qm9": 0.3}

PLANS = {
    "cpu": Plan(
        size=Size(width=256, layers=6, heads=4, inner=704),
        amounts=Amounts(caption_copies=4, fact_molecules=40_000, property_rows=3_000, refusals=1_500),
        schedule=Schedule(
            stages=(Stage(2400, learning_rate=2e-3), Stage(1200, _LATER, learning_rate=8e-4)), max_tokens=4096
        ),
    ),
    "gpu": Plan(
        size=Size(width=384, layers=6, heads=6, inner=1024),
        amounts=Amounts(caption_copies=12, fact_molecules=87_000, property_rows=12_000, refusals=3_000),
        schedule=Schedule(
            stages=(Stage(6000, learning_rate=1.5e-3), Stage(3000, _LATER, learning_rate=6e-4)),
            max_tokens=16_384,
            packed=True,
            bf16=True,
            save_every=1000,
            evaluate_every=1000,
        ),
    ),
}
