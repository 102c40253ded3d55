"""Scorers as metrics of HuggingFace `evaluate`, for `Trainer` and for use beside other people's metrics.

Knows no metric: each of `llamo/metrics/modules/` says which scorer is its own.
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import evaluate
from datasets import Features, Value

from llamo.metrics.scorer import Pairs, Score, Scorer, score

USAGE = """
Args:
    predictions: texts, an empty one where there is no answer.
    references: texts, one per prediction.
    scores: for classifications, how sure each prediction is of "yes" (optional).
    groups: what is scored apart and then averaged, one per prediction (optional).
    smiles: the molecule each row asks about, for names that are compared as molecules (optional).
    resamples: draws of the bootstrap; 0 gives no confidence intervals.
    confidence: share of resampled scores between `NAME_low` and `NAME_high`.
    seed: of the draws.
Further options are those of the scorer, such as `tokenizer`.
Returns: the scores by name, and what has to be printed with them.
"""


class ScorerMetric(evaluate.Metric, ABC):
    """A metric of `evaluate` that is computed by a `Scorer`; its docstring is the description."""

    @abstractmethod
    def make_scorer(self, **options: Any) -> Scorer:
        """The scorer; a subclass names its options."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=inspect.getdoc(type(self)) or "",
            citation="",
            inputs_description=USAGE,
            features=Features({"predictions": Value("string"), "references": Value("string")}),
        )

    def _compute(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        *,
        predictions: Sequence[str],
        references: Sequence[str],
        scores: Sequence[float] | None = None,
        groups: Sequence[str] | None = None,
        smiles: Sequence[str] | None = None,
        resamples: int = 0,
        confidence: float = 0.95,
        seed: int = 0,
        **options: Any,
    ) -> dict[str, Any]:
        self._check(options)
        pairs = Pairs(predictions, references, scores, groups, smiles)
        scorer = self.make_scorer(**options)
        found = score(scorer, pairs, resamples=resamples, confidence=confidence, seed=seed)
        return {**_flat(found, bounds=resamples > 0), **scorer.settings}

    def _check(self, options: Mapping[str, Any]) -> None:
        known = list(inspect.signature(self.make_scorer).parameters)
        if unknown := sorted(set(options) - set(known)):
            raise ValueError(f"{self.name}: got unknown options {unknown}; give some of {known}")


def _flat(found: Mapping[str, Score], *, bounds: bool) -> dict[str, float | None]:
    """`{"bleu_2": 0.5}`, and beside it `bleu_2_low` and `bleu_2_high`."""
    values: dict[str, float | None] = {}
    for name, one in found.items():
        values[name] = one.value
        if bounds:
            values |= {f"{name}_low": one.low, f"{name}_high": one.high}
    return values
