"""Which rows a process takes, as `accelerate launch` and torchrun number them. Knows no torch."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """The rows of one process.

    Attributes:
        rank: of the process, from 0.
        world: number of processes.
        local_rank: of the process on its machine, which says its GPU.
    """

    rank: int = 0
    world: int = 1
    local_rank: int = 0

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] | None = None) -> "Share":
        """By `RANK`, `WORLD_SIZE` and `LOCAL_RANK`; one process where they are not set.

        Raises:
            ValueError: they are no such numbers.
        """
        names = {"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0"}
        there = os.environ if environment is None else environment
        given = {name: there.get(name, default) for name, default in names.items()}
        try:
            rank, world, local = map(int, given.values())
        except ValueError:
            rank, world, local = -1, 0, 0
        if not 0 <= rank < world:
            raise ValueError(f"RANK must be from 0 to below WORLD_SIZE, got {given}; unset both for one process")
        return cls(rank, world, local)

    def takes(self, number: int) -> bool:
        """Whether a row is of this process."""
        return number % self.world == self.rank

    def device(self, name: str | None) -> str | None:
        """Where this process computes: each has its own GPU, unless the user names one."""
        import torch

        if name in (None, "cuda") and self.world > 1 and torch.cuda.is_available():
            return f"cuda:{self.local_rank % torch.cuda.device_count()}"
        return name
