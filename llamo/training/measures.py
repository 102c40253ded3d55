"""What a run measures besides the loss: tokens per second and memory; and its curves as pictures."""

import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from llamo.whole_files import write_whole

# Picture, and the logged numbers it shows.
CURVES = {
    "loss": ("loss", "eval_loss"),
    "graph_use": ("eval_loss_true_graph", "eval_loss_shuffled_graph", "eval_loss_removed_graph"),
    "learning_rate": ("learning_rate",),
    "grad_norm": ("grad_norm",),
    "throughput": ("tokens_per_second",),
    "memory": ("memory_gib",),
}


class Meter:
    """Tokens per second between two looks, and peak memory."""

    def __init__(self):
        self.start(0)

    def start(self, tokens_seen: int):
        """Begins to count here."""
        self._time, self._tokens = time.perf_counter(), tokens_seen

    def look(self, tokens_seen: int) -> dict[str, float]:
        """`tokens_per_second` since the last look and `memory_gib`."""
        now = time.perf_counter()
        speed = (tokens_seen - self._tokens) / max(now - self._time, 1e-9)
        self._time, self._tokens = now, tokens_seen
        return {"tokens_per_second": round(speed, 1), "memory_gib": round(peak_memory() / 2**30, 3)}


def peak_memory() -> int:
    """Bytes: of the GPU where there is one, else of this process."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def save_history(history: Sequence[dict[str, Any]], folder: Path):
    """Writes `metrics.jsonl` and a PNG per curve that has points."""
    lines = [json.dumps(entry) + "\n" for entry in history]
    write_whole(folder / "metrics.jsonl", "".join(lines))
    for name, keys in CURVES.items():
        points = {key: [(entry["step"], entry[key]) for entry in history if key in entry] for key in keys}
        points = {key: values for key, values in points.items() if values}
        if points:
            plot(points, folder / f"{name}.png", title=name.replace("_", " "))


def plot(curves: dict[str, list[tuple[float, float]]], path: Path, *, title: str):
    """One picture of named curves over steps."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    for name, points in curves.items():
        axes.plot(*zip(*points, strict=True), label=name, marker="." if len(points) < 30 else None)
    axes.set(title=title, xlabel="step")
    axes.grid(alpha=0.3)
    if len(curves) > 1:
        axes.legend()
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=110)
