"""One answer to one example of a task, as predictions files hold it. Knows no task, no model."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """A row of a predictions file.

    Attributes:
        smiles: the molecule asked about; empty where the question is text alone.
        prediction: the answer as it was given.
        target: what it should be.
        row: number of the example in its split.
        prompt: the question.
        group: what is scored apart and averaged, such as an assay or a property.
        log_probability: of the answer's tokens, summed, in nats.
        num_tokens: of the answer.
        agreement: share of sampled answers that say the same.
        score: for yes/no questions, probability of yes; None where unknown.
        source: where a retrieved answer comes from, or why there is none.
    """

    smiles: str
    prediction: str
    target: str
    row: int | None = None
    prompt: str | None = None
    group: str | None = None
    log_probability: float | None = None
    num_tokens: int | None = None
    agreement: float | None = None
    score: float | None = None
    source: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """What is known of it, for JSON."""
        return {name: value for name, value in asdict(self).items() if value is not None}
