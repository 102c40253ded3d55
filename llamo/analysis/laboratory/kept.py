"""Answers that runs of the compact model left, to the same thousands of questions, compared anew.

Knows answers and truths; asks no model.
"""

from collections.abc import Mapping
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

RESAMPLES = 1000


@dataclass(frozen=True)
class Kept:
    """One set of answers.

    Attributes:
        bleu_4: of descriptions, times 100.
        facts: right answers in per cent, the mean over kinds.
        bleu_4_difference: to the reference, paired by molecule.
        facts_difference: to the reference, paired by molecule.
        described: molecules whose descriptions were asked for.
        asked: questions about facts.
    """

    bleu_4: float
    facts: float
    bleu_4_difference: Interval
    facts_difference: Interval
    described: int
    asked: int


def compare_kept(runs: Path, prepared: Path, systems: Mapping[str, tuple[str, str]]) -> dict[str, Kept]:
    """Answers by name.

    Args:
        runs: folder of the runs of `examples/03_train_compact.py`.
        prepared: folder of the questions.
        systems: by name, a run's folder and what its answers saw (as in `--answer`); the first is the reference.

    Raises:
        ValueError: answers are missing.
    """
    processor = LlamoProcessor.from_pretrained(prepared / "processor")
    described, asked = tensors.load(prepared / TEST[0]), tensors.load(prepared / FACTS)
    scorer, counts, right = BleuScorer(tokenizer="words"), {}, {}
    for name, (folder, seen) in systems.items():
        pairs = _pairs(read_answers(_path(runs / folder, TEST[0], seen), described, processor))
        counts[name] = scorer.measure(pairs)["bleu_counts"]
        right[name] = _right(read_answers(_path(runs / folder, FACTS, seen), asked, processor))

    def bleu(name: str, rows: np.ndarray) -> float:
        return 100 * scorer.summarise({"bleu_counts": counts[name][rows]})["bleu_4"]

    def facts(name: str, rows: np.ndarray) -> float:
        return 100 * float(right[name][rows].mean())

    first = next(iter(systems))
    described_rows, asked_rows = _draws(len(counts[first])), _draws(len(right[first]))
    return {
        name: Kept(
            bleu(name, described_rows[0]),
            facts(name, asked_rows[0]),
            _difference([bleu(name, rows) - bleu(first, rows) for rows in described_rows]),
            _difference([facts(name, rows) - facts(first, rows) for rows in asked_rows]),
            len(counts[name]),
            right[name].size,
        )
        for name in systems
    }


def _path(run: Path, questions: str, seen: str) -> Path:
    path = run / f"answers-{questions}-{seen}-1.jsonl"
    if not path.is_file():
        raise ValueError(f"{path} is missing; make it with examples/03_train_compact.py --answer {questions}:{seen}:1")
    return path


def _draws(number: int) -> list[np.ndarray]:
    """All rows, then rows drawn with replacement."""
    draw = np.random.default_rng(0)
    return [np.arange(number), *(draw.integers(0, number, number) for _ in range(RESAMPLES))]


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
