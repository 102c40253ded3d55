"""What compared arms say to the paper's claim, by a stated rule. Knows no text and no figure."""

from collections.abc import Iterable, Mapping

from llamo.analysis.finding import Verdict
from llamo.analysis.projector.comparison import Compared

RULE = (
    "Supports: every other arm of the paper's table is surely worse than the multi-level projector in at least one "
    "measure and surely better in none. Contradicts: one is surely better in a measure. Surely: the 95 % "
    "interval of the difference, paired by seed, has one sign."
)


def verdict(compared: Mapping[str, Compared], others: Iterable[str]) -> Verdict:
    """Whether the reference beats the others."""
    found = [compared[name] for name in others]
    if any(one.is_better(measure) for one in found for measure in one.measures):
        return "contradicts"
    if found and all(any(one.is_worse(measure) for measure in one.measures) for one in found):
        return "supports"
    return "undecided"
