"""The compact model beside its twins, which were trained alike on a GPU: their kept answers, compared anew.

Knows answers and truths; asks no model.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from llamo.analysis.intervals import Interval
from llamo.compact import tensors
from llamo.compact.measuring import Answered, read_answers
from llamo.compact.prepare import FACTS, TEST
from llamo.metrics.bleu import BleuScorer
from llamo.metrics.scorer import Pairs
from processors import LlamoProcessor

# Folders of the runs, what each is, and what its answers saw.
TWINS = {
    "multi-level": ("full", "both"),
    "resampler": ("single-layer", "both"),
    "no graph, SMILES": ("text-only", "smiles"),
}
FULL = "multi-level"
RESAMPLES = 1000


@dataclass(frozen=True)
class Twin:
    """One model.

    Attributes:
        bleu_4: of descriptions, times 100.
        facts: right answers in per cent, the mean over kinds.
        bleu_4_difference: to the full model, paired by molecule.
        facts_difference: to the full model, paired by question.
    """

    bleu_4: float
    facts: float
    bleu_4_difference: Interval
    facts_difference: Interval


def compare_twins(runs: Path, prepared: Path) -> dict[str, Twin]:
    """All three by name, the full model first.

    Raises:
        ValueError: the answers of a twin are missing.
    """
    processor = LlamoProcessor.from_pretrained(prepared / "processor")
    described, asked = tensors.load(prepared / TEST[0]), tensors.load(prepared / FACTS)
    scorer, counts, right = BleuScorer(tokenizer="words"), {}, {}
    for name, (folder, view) in TWINS.items():
        for kind in (TEST[0], FACTS):
            if not (path := runs / folder / f"answers-{kind}-{view}-1.jsonl").is_file():
                raise ValueError(
                    f"{path} is missing; make it with examples/03_train_compact.py --answer {kind}:{view}:1"
                )
        pairs = _pairs(read_answers(runs / folder / f"answers-{TEST[0]}-{view}-1.jsonl", described, processor))
        counts[name] = scorer.measure(pairs)["bleu_counts"]
        right[name] = _right(read_answers(runs / folder / f"answers-{FACTS}-{view}-1.jsonl", asked, processor))
    draws = np.random.default_rng(0)
    samples = [draws.integers(0, len(counts[FULL]), len(counts[FULL])) for _ in range(RESAMPLES)]
    questions = [draws.integers(0, len(right[FULL]), len(right[FULL])) for _ in range(RESAMPLES)]

    def bleu(name: str, rows: np.ndarray) -> float:
        return 100 * scorer.summarise({"bleu_counts": counts[name][rows]})["bleu_4"]

    def facts(name: str, molecules: np.ndarray) -> float:
        return 100 * float(right[name][molecules].mean())

    return {
        name: Twin(
            bleu(name, np.arange(len(counts[name]))),
            facts(name, np.arange(len(right[name]))),
            _difference([bleu(name, rows) - bleu(FULL, rows) for rows in [np.arange(len(counts[name])), *samples]]),
            _difference([facts(name, some) - facts(FULL, some) for some in [np.arange(len(right[name])), *questions]]),
        )
        for name in TWINS
    }


def _pairs(answers: list[Answered]) -> Pairs:
    return Pairs([one.text for one in answers], [one.truth for one in answers])


def _right(answers: list[Answered]) -> np.ndarray:
    """(molecules, kinds): which facts are right; every molecule was asked all kinds."""
    kinds = len({one.kind for one in answers})
    return np.array([one.text == one.truth for one in answers], float).reshape(-1, kinds)


def _difference(values: list[float]) -> Interval:
    """The first value, with percentiles of the resampled ones behind it."""
    low, high = np.percentile(values[1:], [2.5, 97.5])
    return Interval(values[0], float(low), float(high))
