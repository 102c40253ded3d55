"""How every benchmark measures: functions take turns, CPU time counts, the median of ratios is the result.

Knows nothing of what is measured.
"""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

# `run_all --quick` names another folder, so that a quick look replaces no measurement.
RESULTS = Path(os.environ.get("LLAMO_BENCHMARK_RESULTS") or Path(__file__).with_name("results"))


@dataclass(frozen=True)
class Line:
    """A line of a table of results.

    Attributes:
        what: was measured.
        ratio: to what it is compared with; below 1 is faster or smaller.
        target: that the ratio should keep to; None for information only.
        at_least: the target is a lower bound (a speed-up) instead of an upper one.
        note: how it was measured, or why a target is missed.
    """

    what: str
    ratio: float
    target: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is kept; None where there is none."""
        if self.target is None:
            return None
        return self.ratio >= self.target if self.at_least else self.ratio <= self.target


def ratio(seconds: Mapping[str, list[float]], one: str, other: str) -> float:
    """Median over rounds of the time of one by the time of the other in the same round."""
    return median(first / second for first, second in zip(seconds[one], seconds[other], strict=True))


def machine() -> dict[str, str]:
    """What a reader has to know of where it was measured."""
    import torch

    cpu = next(
        (line.partition(":")[2].strip() for line in _cpu_lines() if line.startswith("model name")), platform.machine()
    )
    return {
        "cpu": cpu,
        "cores": str(os.cpu_count()),
        "threads": str(torch.get_num_threads()),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def _cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def report(name: str, lines: list[Line], **more: Any):
    """Prints the lines as a table and writes them, with the machine, to `benchmarks/results/NAME.json`."""
    for line in lines:
        bound = "" if line.target is None else f"{'>=' if line.at_least else '<='} {line.target:g}"
        verdict = {None: "", True: "met", False: "MISSED"}[line.met]
        print(f"{line.what:60} {line.ratio:10.3f} {bound:>10} {verdict:7} {line.note}")
    RESULTS.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine(), "lines": [asdict(line) | {"met": line.met} for line in lines], **more}
    (RESULTS / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
