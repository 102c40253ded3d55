"""Metrics: scorers with confidence intervals, and the same as metrics of HuggingFace `evaluate`, all offline.

Importing this is cheap: NLTK, transformers and `evaluate` load when a metric is first used. See docs/metrics.md.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llamo.metrics.metric import ScorerMetric
    from llamo.metrics.scorer import Pairs, Score, Scorer, bootstrap, score

_HOMES = {
    "Pairs": "scorer",
    "Score": "scorer",
    "Scorer": "scorer",
    "bootstrap": "scorer",
    "score": "scorer",
}
_MODULES = Path(__file__).parent / "modules"

__all__ = ["Pairs", "Score", "Scorer", "bootstrap", "load", "names", "score"]


def names() -> list[str]:
    """The metrics that `load` knows."""
    return sorted(path.stem for path in _MODULES.glob("*.py") if path.stem != "__init__")


def load(name: str, **options: Any) -> "ScorerMetric":
    """A metric of HuggingFace `evaluate`, without the Hub; `options` are those of `evaluate.load`."""
    if name not in names():
        raise ValueError(f"unknown metric {name!r}; give one of {', '.join(names())}")
    import evaluate

    return evaluate.load(str(_MODULES / f"{name}.py"), **options)  # pyright: ignore[reportReturnType]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'llamo.metrics' has no attribute {name!r}")
    return getattr(import_module(f"llamo.metrics.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
