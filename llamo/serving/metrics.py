"""What a server counts, as Prometheus text. Thread-safe; knows no request."""

import threading
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
HELP = {
    "llamo_requests_total": ("counter", "Requests by path and HTTP status; 499 for clients that went away."),
    "llamo_prompt_tokens_total": ("counter", "Tokens of prompts that were read, graph tokens included."),
    "llamo_generated_tokens_total": ("counter", "Tokens of answers."),
    "llamo_steps_total": ("counter", "Decoding steps of the running batch."),
    "llamo_cancelled_total": ("counter", "Requests that left the batch or the queue because nobody waits for them."),
    "llamo_requests_running": ("gauge", "Requests in the running batch."),
    "llamo_requests_waiting": ("gauge", "Requests that wait for a place in it."),
    "llamo_first_token_seconds": ("histogram", "From the arrival of a chat request to its first token."),
    "llamo_answer_seconds": ("histogram", "From the arrival of a chat request to its last token."),
}


class Metrics:
    """Counters and histograms."""

    def __init__(self):
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._buckets: dict[str, list[int]] = defaultdict(lambda: [0] * (len(_SECONDS) + 1))
        self._sums: dict[str, float] = defaultdict(float)

    def add(self, name: str, amount: int = 1, **labels: str):
        """Raises a counter."""
        with self._lock:
            self._counts[name, _labels(labels)] += amount

    def observe(self, name: str, seconds: float):
        """Puts a duration into a histogram."""
        with self._lock:
            self._buckets[name][bisect_left(_SECONDS, seconds)] += 1
            self._sums[name] += seconds

    def text(self, gauges: Mapping[str, int]) -> str:
        """Everything, and what is now."""
        lines = []
        with self._lock:
            counts = Counter(self._counts) | {(name, ""): value for name, value in gauges.items()}
            for name, (kind, meaning) in HELP.items():
                lines += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
                if kind == "histogram":
                    lines += self._histogram(name)
                else:
                    found = {labels: value for (one, labels), value in counts.items() if one == name}
                    lines += [f"{name}{labels} {value}" for labels, value in sorted((found or {"": 0}).items())]
        return "\n".join([*lines, ""])

    def _histogram(self, name: str) -> list[str]:
        lines, total = [], 0
        for bound, count in zip([*map(str, _SECONDS), "+Inf"], self._buckets[name], strict=True):
            total += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {total}')
        return [*lines, f"{name}_sum {self._sums[name]}", f"{name}_count {total}"]


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}" if labels else ""
