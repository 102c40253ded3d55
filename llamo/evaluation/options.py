"""How a model is asked, as typed settings."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GenerationOptions:
    """How answers are generated.

    Attributes:
        batch_size: questions at a time. Batches are the same in a resumed run, since they change rounding.
        max_new_tokens: of an answer; None takes the task's.
        num_beams: 1 is greedy.
        valid_only: of the beams (at least 5), take the best whose answer is a molecule; only for SMILES answers.
        samples: answers drawn beside the one that counts, for self-consistency; 0 for none.
        temperature: of those samples.
        seed: of those samples.
        retrieve: captions of so many similar molecules, from the processor's index, stand in each question; 0 for
            none.
    """

    batch_size: int = 16
    max_new_tokens: int | None = None
    num_beams: int = 1
    valid_only: bool = False
    samples: int = 0
    temperature: float = 0.7
    seed: int = 0
    retrieve: int = 0

    def __post_init__(self):
        for name, least in (("batch_size", 1), ("num_beams", 1), ("samples", 0), ("retrieve", 0)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least}, got {getattr(self, name)}")
        if self.max_new_tokens is not None and self.max_new_tokens < 1:
            raise ValueError(f"max_new_tokens must be at least 1, got {self.max_new_tokens}")
        if self.temperature <= 0:
            raise ValueError(f"temperature must be above 0, got {self.temperature}; greedy answers need no samples")

    @property
    def beams(self) -> int:
        """Beams that are followed."""
        return max(self.num_beams, 5) if self.valid_only else self.num_beams
