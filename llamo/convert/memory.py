"""How much memory this process has needed: in all, and what was not merely mapped from a file."""

import resource
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Memory:
    """Peak memory in bytes.

    Attributes:
        resident: all pages in memory, those mapped from files included, which the system takes back when it needs to.
        own: highest seen of what is not backed by a file; None where the system does not tell.
    """

    resident: int = 0
    own: int | None = None

    def look(self):
        """Takes the current state into account."""
        unit = 1 if sys.platform == "darwin" else 1024
        self.resident = max(self.resident, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
        status = Path("/proc/self/status")
        if status.exists():
            for line in status.read_text().splitlines():
                if line.startswith("RssAnon:"):
                    self.own = max(self.own or 0, int(line.split()[1]) * 1024)

    def __str__(self) -> str:
        own = "" if self.own is None else f", of it {self.own / 2**30:.2f} GiB not mapped from files"
        return f"peak memory {self.resident / 2**30:.2f} GiB{own}"
