"""What a server allows: numbers only."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Limits:
    """Limits of a server; a request beyond them is refused.

    Attributes:
        max_batch: requests that are answered at the same time.
        queue: requests that may wait besides; more get 429.
        prompt_tokens: tokens of a prompt, graph tokens included; None leaves it to the model's context.
        answer_tokens: largest `max_tokens` of a request.
        default_tokens: `max_tokens` where a request does not say.
        max_atoms: atoms of one molecule.
        body: bytes of a request.
        molecules: inputs of one embedding request, or molecules of one talk.
        explained_atoms: atoms of all molecules that one explanation is about.
        explained_tokens: tokens of the answer that is explained.
        timeout: seconds a request may take, waiting included.
        grace: seconds that running requests have to finish when the server is told to stop.
    """

    max_batch: int = 32
    queue: int = 128
    prompt_tokens: int | None = None
    answer_tokens: int = 1024
    default_tokens: int = 256
    max_atoms: int = 500
    body: int = 2**18
    molecules: int = 256
    explained_atoms: int = 100
    explained_tokens: int = 256
    timeout: float = 120.0
    grace: float = 30.0

    def __post_init__(self):
        for one in fields(self):
            value, least = getattr(self, one.name), 0 if one.name in ("queue", "grace") else 1e-9
            if value is not None and value < least:
                raise ValueError(f"{one.name} must be {'0 or more' if least == 0 else 'above 0'}, got {value}")
